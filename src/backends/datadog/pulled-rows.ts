import { type ErrorCode, type ErrorInfo, errorCodes } from '../../model/errors.ts'
import { forbiddenNames, type LabelledEvaluation } from '../../model/evaluation.ts'
import type { TaskResult } from '../../model/events.ts'
import type { Oddities } from '../../model/oddities.ts'
import type {
  PulledEvaluation,
  PulledPage,
  PulledRecord,
  PulledRow,
  PulledRun,
  PulledSummary,
} from '../../model/pull.ts'
import { makeVisible } from '../../model/quote.ts'
import { EVALUATOR_TAG } from './metric.ts'
import { type EventsPage, type RemoteError, type RemoteMetric, type RemoteSpan, tagOf } from './remote-events.ts'
import { present } from './reply.ts'

/** Tags of a row that say what it belongs to and how it came about. */
const rowKeys: ReadonlySet<string> = new Set([
  'ddtrace.version',
  'experiment_id',
  'experiment_name',
  'run_id',
  'run_iteration',
  'project_id',
  'project_name',
  'dataset_id',
  'dataset_name',
  'dataset_record_id',
  'dataset_record_canonical_id',
  'parent_experiment_span_id',
  'retries',
  'supersedes',
  'original_start',
  'truncated',
])
/** And of a metric. */
const metricKeys: ReadonlySet<string> = new Set([...rowKeys, EVALUATOR_TAG, 'original_timestamp'])

const MAX_MESSAGE = 8 * 1024
const MAX_STACK = 16 * 1024
const MAX_NAME = 200

export interface RowContext {
  /** Of the experiment; its rows have them too. */
  readonly tags: ReadonlySet<string>
  readonly oddities: Oddities
}

/** Rows and summaries as Datadog gives them, in the words of this tool. */
export function toPulledPage({ spans, summaries, unreadable }: EventsPage, context: RowContext): PulledPage {
  const { oddities } = context
  const rows = spans.filter(({ parentId }) => parentId === undefined)
  oddities.count('unreadable', unreadable)
  oddities.count('child-span', spans.length - rows.length)
  return {
    rows: rows.map((span) => toRow(span, context)),
    summaries: summaries.flatMap((metric) => toSummary(metric) ?? []),
  }
}

function toRow(span: RemoteSpan, context: RowContext): PulledRow {
  const { oddities } = context
  if (tagOf(span.tags, 'truncated') === 'true') oddities.count('cut-short')
  if (span.durationMs === undefined) oddities.count('no-duration')
  const startedAt = timeOf(span.tags, 'original_start') ?? span.startedAt
  return {
    spanId: span.spanId,
    run: runOf(span.tags),
    record: toRecord(span, context),
    task: {
      ...toTaskResult(span),
      ...present('startedAt', startedAt),
      durationMs: span.durationMs ?? 0,
      attempts: 1 + (wholeNumber(tagOf(span.tags, 'retries')) ?? 0),
    },
    evaluations: toEvaluations(span.metrics, oddities),
  }
}

function runOf(tags: readonly string[]): PulledRun {
  const runId = tagOf(tags, 'run_id')
  return {
    ...present('runId', runId === undefined || runId === '' ? undefined : clean(runId)),
    ...present('iteration', wholeNumber(tagOf(tags, 'run_iteration'))),
  }
}

function toRecord({ recordId, input, expectedOutput, metadata, tags }: RemoteSpan, context: RowContext): PulledRecord {
  return {
    ...present('key', recordId === '' ? undefined : recordId),
    input,
    ...present('expectedOutput', expectedOutput),
    ...present('metadata', metadata),
    tags: tags.filter((tag) => !context.tags.has(tag) && !rowKeys.has(keyOf(tag))),
  }
}

function toTaskResult({ status, output, error }: RemoteSpan): TaskResult {
  if (status === 'ok' && error === undefined) return { status, output }
  const info = toErrorInfo(error, 'E_TASK')
  return { status: info.code === 'E_TASK_TIMEOUT' ? 'timeout' : 'error', error: info }
}

/** What one evaluator gave under several labels is one result of it: the latest decides whether it failed. */
function toEvaluations(metrics: readonly RemoteMetric[], oddities: Oddities): readonly PulledEvaluation[] {
  const byEvaluator = new Map<string, RemoteMetric[]>()
  for (const metric of metrics) {
    const name = clean(tagOf(metric.tags, EVALUATOR_TAG) ?? metric.label)
    if (name === '' || forbiddenNames.has(name) || forbiddenNames.has(metric.label)) oddities.count('odd-name')
    else if (metric.isOdd) oddities.count('odd-value')
    else byEvaluator.set(name, [...(byEvaluator.get(name) ?? []), metric])
  }
  return [...byEvaluator].map(([evaluator, found]) => toEvaluation(evaluator, found))
}

function toEvaluation(evaluator: string, metrics: readonly RemoteMetric[]): PulledEvaluation {
  const latest = metrics.reduce((best, metric) => (timeOfMetric(metric) >= timeOfMetric(best) ? metric : best))
  const at = timeOfMetric(latest)
  const error = failureOf(latest)
  if (error !== undefined) {
    return { evaluator, at, status: error.code === 'E_EVALUATOR_TIMEOUT' ? 'timeout' : 'error', error }
  }
  const evaluations = metrics.flatMap((metric) => toLabelled(metric) ?? [])
  // Other clients say so of an evaluator that returned nothing.
  if (evaluations.length === 0) return { evaluator, at, status: 'skipped', reason: 'not-applicable' }
  return { evaluator, at, status: 'ok', evaluations }
}

function failureOf({ error, status, value, reasoning }: RemoteMetric): ErrorInfo | undefined {
  if (error !== undefined) return toErrorInfo(error, 'E_EVALUATOR')
  if (value !== undefined || status === undefined || status === 'OK') return undefined
  return toErrorInfo({ type: status, message: reasoning ?? 'no reason is told' }, 'E_EVALUATOR')
}

function toLabelled(metric: RemoteMetric): LabelledEvaluation | undefined {
  const { value, reasoning, assessment, metadata, tags } = metric
  if (value === undefined || failureOf(metric) !== undefined) return undefined
  const own = tags.filter((tag) => !metricKeys.has(keyOf(tag)))
  return {
    label: clean(metric.label),
    ...value,
    ...present('reasoning', reasoning),
    ...present('assessment', assessment),
    ...present('metadata', metadata),
    ...present('tags', own.length === 0 ? undefined : toTagObject(own)),
    ...(metric.isManaged ? { source: 'managed' } : {}),
  }
}

function toSummary(metric: RemoteMetric): PulledSummary | undefined {
  const name = clean(metric.label)
  if (name === '' || forbiddenNames.has(name)) return undefined
  const place = { run: runOf(metric.tags), at: timeOfMetric(metric) }
  if (metric.value !== undefined) return { ...place, result: { name, status: 'ok', ...metric.value } }
  const told = metric.error ?? { type: 'Error', message: 'it gave no value' }
  return { ...place, result: { name, status: 'error', error: toErrorInfo(told, 'E_SUMMARY_EVALUATOR') } }
}

/** An error of this tool is sent by its code, another by its class. */
function toErrorInfo(error: RemoteError | undefined, fallback: ErrorCode): ErrorInfo {
  const { type = '', message = '', stack = '' } = error ?? {}
  const isOwn = isErrorCode(type)
  return {
    code: isOwn ? type : fallback,
    name: isOwn ? 'LlmobsExpError' : clean(type) || 'Error',
    message: message === '' ? 'no message is told' : message.slice(0, MAX_MESSAGE),
    ...(stack === '' ? {} : { stack: stack.slice(0, MAX_STACK) }),
  }
}

function isErrorCode(type: string): type is ErrorCode {
  return Object.hasOwn(errorCodes, type)
}

function toTagObject(tags: readonly string[]): { readonly [key: string]: string } {
  const pairs = tags.map((tag) => [makeVisible(keyOf(tag)), tag.slice(keyOf(tag).length + 1)] as const)
  return Object.fromEntries(pairs.filter(([key]) => key !== '' && !forbiddenNames.has(key)))
}

function keyOf(tag: string): string {
  const colon = tag.indexOf(':')
  return colon === -1 ? tag : tag.slice(0, colon)
}

function timeOfMetric({ tags, at }: RemoteMetric): number {
  return timeOf(tags, 'original_timestamp') ?? at
}

/** A time that stands in a tag. */
function timeOf(tags: readonly string[], key: string): number | undefined {
  const time = Date.parse(tagOf(tags, key) ?? '')
  return Number.isFinite(time) && time > 0 ? time : undefined
}

function wholeNumber(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,9}$/.test(text) ? Number(text) : undefined
}

function clean(name: string): string {
  return makeVisible(name.slice(0, MAX_NAME))
}
