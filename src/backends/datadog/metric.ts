import type { ErrorInfo } from '../../model/errors.ts'
import type { LabelledEvaluation, MetricValue } from '../../model/evaluation.ts'
import type { NamedSummaryResult } from '../../model/events.ts'
import { type Json, stringifyJson } from '../../model/json.ts'
import type { Row, RowEvaluation } from '../../model/row.ts'
import { joinObject, toMetadata, toText } from './json-text.ts'
import { describeTruncation, joinMetadata, keepMetadata, pickForm, type Shortened, shorten } from './shorten.ts'
import { formatTags } from './tags.ts'
import { errorType, toIsoTime, type WireContext } from './wire-context.ts'

/** Names the evaluator where the label does not: what came of one evaluator belongs together. */
export const EVALUATOR_TAG = 'llmobs_exp.evaluator'

/** How many characters of each text are left at each level; from level 1 on without metadata. */
const limits: readonly number[] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY, 8_192, 1_024, 200]

/**
 * An evaluator's result on a row as metrics, one for each label. Where it does not apply (`null`), or the task gave it nothing to
 * look at, there is nothing to say, and a metric that says so would be one more value of the evaluator.
 */
export function encodeEvaluation(row: Row, result: RowEvaluation, context: WireContext): readonly Json[] | undefined {
  if (result.status === 'skipped' || row.task === undefined) return undefined
  const { spanId, traceId } = context.run.idsOf(row)
  const place = { source: 'custom', spanId, traceId }
  return pickForm((level) => writeMetrics(contentsOf(result), { ...context, place, level }), {
    levels: limits.length,
    cut: context.cut,
  })
}

/** What the summary evaluators of a run found, one metric for each. */
export function encodeSummaries(
  summaries: readonly NamedSummaryResult[],
  context: WireContext,
): readonly Json[] | undefined {
  if (summaries.length === 0) return undefined
  const contents = summaries.map(
    (summary): MetricContent =>
      summary.status === 'ok'
        ? { label: summary.name, evaluation: { label: summary.name, ...summary } }
        : { label: summary.name, error: summary.error },
  )
  const place = { source: 'summary', spanId: '', traceId: '' }
  return pickForm((level) => writeMetrics(contents, { ...context, place, level }), {
    levels: limits.length,
    cut: context.cut,
  })
}

/** How Datadog tells its own evaluators from those of users. */
const MANAGED = ',"eval_source_type":"managed"'

type MetricContent =
  | { readonly label: string; readonly evaluation: LabelledEvaluation; readonly evaluator?: string }
  | { readonly label: string; readonly error: ErrorInfo }

interface MetricContext extends WireContext {
  readonly place: { readonly source: string; readonly spanId: string; readonly traceId: string }
  readonly level: number
}

function contentsOf(result: Exclude<RowEvaluation, { readonly status: 'skipped' }>): readonly MetricContent[] {
  if (result.status !== 'ok') return [{ label: result.evaluator, error: result.error }]
  const { evaluator, evaluations } = result
  return evaluations.map((evaluation) => ({ label: evaluation.label, evaluation, evaluator }))
}

function writeMetrics(contents: readonly MetricContent[], context: MetricContext): readonly Json[] {
  return contents.map((content) => ('error' in content ? writeFailure(content, context) : writeValue(content, context)))
}

function writeFailure(
  { label, error }: { readonly label: string; readonly error: ErrorInfo },
  context: MetricContext,
): Json {
  const { json, isTruncated } = describeError(error, limits[context.level] ?? 0)
  return writeMetric(context, {
    label,
    content: `"metric_type":"categorical","categorical_value":null,"error":${json}`,
    tags: writeTags(context, { isTruncated }),
    status: error.managed?.severity ?? 'ERROR',
    more: error.code === 'E_REMOTE_EVALUATOR' ? MANAGED : '',
  })
}

/** What Datadog said itself is told back word for word. */
function describeError(error: ErrorInfo, limit: number): { readonly json: Json; readonly isTruncated: boolean } {
  if (error.managed !== undefined) return { json: stringifyJson(error.managed.error), isTruncated: false }
  const message = shorten(toText(error.message), limit)
  const stack = shorten(toText(error.stack ?? ''), limit)
  return {
    json: joinObject({ message: message.json, type: toText(errorType(error)), stack: stack.json }),
    isTruncated: message.original !== undefined || stack.original !== undefined,
  }
}

function writeValue(
  { label, evaluation, evaluator }: Extract<MetricContent, { readonly evaluation: LabelledEvaluation }>,
  context: MetricContext,
): Json {
  const limit = limits[context.level] ?? 0
  const value = shortenValue(evaluation, limit)
  const reasoning = evaluation.reasoning === undefined ? undefined : shorten(toText(evaluation.reasoning), limit)
  const metadata = keepMetadata(toMetadata(evaluation.metadata), context.level === 0)
  const truncation = describeTruncation({
    value: value.original,
    reasoning: reasoning?.original,
    metadata: metadata.original,
  })
  const { type, assessment } = evaluation
  return writeMetric(context, {
    label,
    content: `"metric_type":"${type}","${type}_value":${value.json},"error":null`,
    tags: writeTags(context, {
      own: evaluation.tags,
      evaluator: evaluator === label ? undefined : evaluator,
      isTruncated: truncation !== undefined,
    }),
    status: 'OK',
    more:
      writeMember('reasoning', reasoning?.json) +
      writeMember('assessment', assessment === undefined ? undefined : toText(assessment)) +
      writeMember('metadata', joinMetadata(metadata.json, truncation)) +
      (evaluation.source === undefined ? '' : MANAGED),
  })
}

function writeMember(name: string, json: Json | undefined): string {
  return json === undefined ? '' : `,"${name}":${json}`
}

interface MetricMembers {
  readonly label: string
  /** What it says: type, value and error. */
  readonly content: string
  readonly tags: Json
  readonly status: 'ERROR' | 'OK' | 'WARN'
  /** Members that come last, each after a comma. */
  readonly more?: string
}

function writeMetric(
  { run, place, time }: MetricContext,
  { label, content, tags, status, more = '' }: MetricMembers,
): Json {
  const ids = `"span_id":"${place.spanId}","trace_id":"${place.traceId}"`
  const about = `"metric_source":"${place.source}",${ids},"timestamp_ms":${Math.floor(time.at)},"label":${toText(label)}`
  const end = place.source === 'summary' ? more : `,"status":"${status}"${more}`
  return `{${about},${content},"tags":${tags},"experiment_id":${run.experimentId}${end}}`
}

interface MetricTags {
  readonly own?: LabelledEvaluation['tags'] | undefined
  readonly evaluator?: string | undefined
  readonly isTruncated: boolean
}

function writeTags({ run, time }: MetricContext, { own, evaluator, isTruncated }: MetricTags): Json {
  const { original } = time
  return run.metricTags(own === undefined ? [] : formatTags(own), {
    [EVALUATOR_TAG]: evaluator,
    original_timestamp: original === undefined ? undefined : toIsoTime(original),
    truncated: isTruncated ? 'true' : undefined,
  })
}

function shortenValue(value: MetricValue, limit: number): Shortened {
  switch (value.type) {
    case 'boolean':
    case 'score':
      return { json: toText(value.value) }
    case 'categorical':
      // Datadog's own clients do so: two spellings would be two categories there.
      return shorten(toText(value.value.toLowerCase()), limit)
    case 'json': {
      const { json, ...original } = shorten(value.value, limit)
      // It takes objects only.
      return { json: json.startsWith('{') ? json : joinObject({ value: json }), ...original }
    }
  }
}
