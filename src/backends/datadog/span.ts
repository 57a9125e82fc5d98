import type { Json } from '../../model/json.ts'
import type { Row } from '../../model/row.ts'
import { joinObject, toMetadata, toText } from './json-text.ts'
import { describeTruncation, joinMetadata, keepMetadata, pickForm, type Shortened, shorten } from './shorten.ts'
import { errorType, toIsoTime, toSentTime, type WireContext } from './wire-context.ts'

/** How many characters of each value are left at each level. Metadata goes first, as it is what is read least. */
const levels: readonly SpanLevel[] = [
  {},
  { withoutMetadata: true },
  { withoutMetadata: true, output: 32_768 },
  { withoutMetadata: true, output: 32_768, input: 32_768 },
  { withoutMetadata: true, output: 2_048, input: 2_048, error: 2_048 },
  { withoutMetadata: true, output: 200, input: 200, error: 200, withoutRecordTags: true },
]

interface SpanLevel {
  readonly withoutMetadata?: boolean
  readonly output?: number
  /** Of the expected output too. */
  readonly input?: number
  readonly error?: number
  readonly withoutRecordTags?: boolean
}

type TaskOfRow = NonNullable<Row['task']>

/** A row as the span of its task. A row whose task never came to an end is none. */
export function encodeSpan(row: Row, context: WireContext): Json | undefined {
  const { task } = row
  if (task === undefined) return undefined
  const make = (level: number): readonly Json[] => [writeSpan(row, task, { ...context, level: levels[level] ?? {} })]
  return pickForm(make, { levels: levels.length, cut: context.cut })?.[0]
}

interface SpanContext extends WireContext {
  readonly level: SpanLevel
}

function writeSpan(row: Row, task: TaskOfRow, context: SpanContext): Json {
  const { run, time } = context
  const { traceId, spanId } = run.idsOf(row)
  const { meta, isTruncated } = writeMeta(row, task, context.level)
  const startNs = toNanoseconds(toSentTime(task.startedAt, time))
  // 0 counts as a missing duration.
  const duration = Math.max(1, Math.round(task.durationMs * 1_000_000))
  const status = task.status === 'ok' ? 'ok' : 'error'
  const times = `"start_ns":${startNs},"duration":${duration},"status":"${status}"`
  const tags = writeTags(row, task, { ...context, isTruncated })
  return `{"span_id":"${spanId}","trace_id":"${traceId}",${run.spanMembers},${times},"meta":${meta},"tags":${tags}}`
}

/** Epoch nanoseconds have more digits than a number holds: the log's microseconds, and three zeros. */
function toNanoseconds(milliseconds: number): Json {
  return `${Math.round(milliseconds * 1_000)}000`
}

function writeMeta(
  row: Row,
  task: TaskOfRow,
  level: SpanLevel,
): { readonly meta: Json; readonly isTruncated: boolean } {
  const { record } = row
  const output = cut(task.status === 'ok' ? task.output : 'null', level.output)
  const input = cut(record.input, level.input)
  const expected = cut(record.expectedOutput ?? 'null', level.input)
  const metadata = keepMetadata(toMetadata(record.metadata), level.withoutMetadata !== true)
  const truncation = describeTruncation({
    input: input.original,
    output: output.original,
    expected_output: expected.original,
    metadata: metadata.original,
  })
  const meta = joinObject({
    input: input.json,
    output: output.json,
    expected_output: expected.json,
    metadata: joinMetadata(metadata.json, truncation),
    error: task.status === 'ok' ? undefined : writeError(task, level.error),
  })
  return { meta, isTruncated: truncation !== undefined }
}

function cut(json: Json, limit: number | undefined): Shortened {
  return limit === undefined ? { json } : shorten(json, limit)
}

function writeError({ error }: TaskOfRow & { readonly status: 'error' | 'timeout' }, limit: number | undefined): Json {
  return joinObject({
    type: toText(errorType(error)),
    message: cut(toText(error.message), limit).json,
    stack: cut(toText(error.stack ?? ''), limit).json,
  })
}

interface TagContext extends SpanContext {
  readonly isTruncated: boolean
}

function writeTags(row: Row, task: TaskOfRow, { run, time, level, isTruncated }: TagContext): Json {
  const recordTags = level.withoutRecordTags === true ? [] : (row.record.tags ?? [])
  return run.spanTags(recordTags, {
    dataset_record_id: row.key,
    retries: task.attempts > 1 ? String(task.attempts - 1) : undefined,
    supersedes: row.generation > 0 ? run.idsOf({ ...row, generation: row.generation - 1 }).spanId : undefined,
    original_start: time.original === undefined ? undefined : toIsoTime(task.startedAt),
    truncated: isTruncated ? 'true' : undefined,
  })
}
