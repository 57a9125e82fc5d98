import { crc32 } from 'node:zlib'
import type { LabelledEvaluation, MetricValue } from '../../model/evaluation.ts'
import {
  type CallTiming,
  EVENT_FORMAT,
  type EvaluationFinished,
  type NamedSummaryResult,
  type RecordRead,
  type RunEvent,
  type TaskFinished,
  type UnitRef,
} from '../../model/events.ts'
import { formatDuration, formatEpoch } from './format-number.ts'

/**
 * One event as one line of the log, with its line feed. Values that are JSON text already go in as they are; the last member is
 * the CRC-32 of the bytes before it.
 */
export function encodeEvent(event: RunEvent): string {
  const text = `{"v":${EVENT_FORMAT},"seq":${event.seq},"at":${formatEpoch(event.at)},"type":"${event.type}"${members(event)}`
  return `${text},"crc":${crc32(text)}}\n`
}

function members(event: RunEvent): string {
  switch (event.type) {
    case 'record':
      return recordMembers(event)
    case 'task-finished':
      return unitMembers(event) + timingMembers(event) + taskMembers(event)
    case 'evaluation-finished':
      return `${unitMembers(event)},"evaluator":${quote(event.evaluator)}${timingMembers(event)}${evaluationMembers(event)}`
    case 'row-finished':
      return `${unitMembers(event)},"status":"${event.status}"`
    case 'run-finished':
      return `,"iteration":${event.iteration},"summaries":[${event.summaries.map(summary).join(',')}]`
    default: {
      const { seq: _seq, at: _at, type: _type, ...rest } = event
      const text = JSON.stringify(rest)
      return text === '{}' ? '' : `,${text.slice(1, -1)}`
    }
  }
}

function recordMembers(record: RecordRead): string {
  const id = record.id === undefined ? '' : `,"id":${quote(record.id)}`
  const expected = record.expectedOutput === undefined ? '' : `,"expectedOutput":${record.expectedOutput}`
  const metadata = record.metadata === undefined ? '' : `,"metadata":${record.metadata}`
  const tags = record.tags === undefined ? '' : `,"tags":${JSON.stringify(record.tags)}`
  return `,"key":${quote(record.key)}${id},"contentHash":"${record.contentHash}","input":${record.input}${expected}${metadata}${tags}`
}

function unitMembers(unit: UnitRef): string {
  return `,"key":${quote(unit.key)},"iteration":${unit.iteration},"generation":${unit.generation}`
}

function timingMembers(timing: CallTiming): string {
  const { startedAt, durationMs, queueMs, retryWaitMs, attempts } = timing
  return `,"startedAt":${formatEpoch(startedAt)},"durationMs":${formatDuration(durationMs)},"queueMs":${formatDuration(queueMs)},"retryWaitMs":${formatDuration(retryWaitMs)},"attempts":${attempts}`
}

function taskMembers(task: TaskFinished): string {
  return task.status === 'ok'
    ? `,"status":"ok","output":${task.output}`
    : `,"status":"${task.status}","error":${JSON.stringify(task.error)}`
}

function evaluationMembers(result: EvaluationFinished): string {
  switch (result.status) {
    case 'ok':
      return `,"status":"ok","evaluations":[${result.evaluations.map(evaluation).join(',')}]`
    case 'skipped':
      return `,"status":"skipped","reason":"${result.reason}"`
    default:
      return `,"status":"${result.status}","error":${JSON.stringify(result.error)}`
  }
}

function evaluation(item: LabelledEvaluation): string {
  const reasoning = item.reasoning === undefined ? '' : `,"reasoning":${quote(item.reasoning)}`
  const assessment = item.assessment === undefined ? '' : `,"assessment":"${item.assessment}"`
  const metadata = item.metadata === undefined ? '' : `,"metadata":${item.metadata}`
  const tags = item.tags === undefined ? '' : `,"tags":${JSON.stringify(item.tags)}`
  return `{"label":${quote(item.label)},"type":"${item.type}","value":${value(item)}${reasoning}${assessment}${metadata}${tags}}`
}

function summary(item: NamedSummaryResult): string {
  return item.status === 'ok'
    ? `{"name":${quote(item.name)},"status":"ok","type":"${item.type}","value":${value(item)}}`
    : JSON.stringify(item)
}

function value(item: MetricValue): string {
  return item.type === 'json' ? item.value : JSON.stringify(item.value)
}

function quote(text: string): string {
  return JSON.stringify(text)
}

/** What a line of the log turned out to be. */
export type DecodedLine =
  | { readonly status: 'event'; readonly event: RunEvent }
  | { readonly status: 'damaged' }
  | { readonly status: 'unknown-type' }
  | { readonly status: 'newer-format'; readonly format: number }

const CRC_MEMBER = Buffer.from(',"crc":')

const knownTypes: ReadonlySet<string> = new Set([
  'experiment-started',
  'run-started',
  'record',
  'task-finished',
  'evaluation-finished',
  'row-finished',
  'run-finished',
  'experiment-finished',
  'problem',
])

/** Reads one line, without its line feed. A line with a right checksum is one this tool wrote. */
export function decodeLine(line: Buffer): DecodedLine {
  const crcAt = line.lastIndexOf(CRC_MEMBER)
  const checksum = Number.parseInt(line.toString('latin1', crcAt + CRC_MEMBER.length), 10)
  if (crcAt < 0 || line.at(-1) !== 0x7d || crc32(line.subarray(0, crcAt)) !== checksum) return { status: 'damaged' }
  const { v, crc: _crc, ...parsed } = JSON.parse(line.toString('utf8'))
  if (v > EVENT_FORMAT) return { status: 'newer-format', format: v }
  return knownTypes.has(parsed.type) ? { status: 'event', event: withJsonText(parsed) } : { status: 'unknown-type' }
}

/** The type a line names, without parsing the whole of it. */
export function lineType(line: Buffer): string {
  const head = line.toString('latin1', 0, 120)
  const start = head.indexOf('"type":"') + 8
  return head.slice(start, head.indexOf('"', start))
}

/** Gives user values back the form of JSON text, which they have everywhere behind the executor. */
function withJsonText(parsed: RunEvent): RunEvent {
  switch (parsed.type) {
    case 'record':
      return {
        ...parsed,
        input: JSON.stringify(parsed.input),
        ...(parsed.expectedOutput === undefined ? {} : { expectedOutput: JSON.stringify(parsed.expectedOutput) }),
        ...(parsed.metadata === undefined ? {} : { metadata: JSON.stringify(parsed.metadata) }),
      }
    case 'task-finished':
      return parsed.status === 'ok' ? { ...parsed, output: JSON.stringify(parsed.output) } : parsed
    case 'evaluation-finished':
      return parsed.status === 'ok' ? { ...parsed, evaluations: parsed.evaluations.map(evaluationText) } : parsed
    case 'run-finished':
      return { ...parsed, summaries: parsed.summaries.map(valueText) }
    default:
      return parsed
  }
}

function evaluationText(item: LabelledEvaluation): LabelledEvaluation {
  return { ...valueText(item), ...(item.metadata === undefined ? {} : { metadata: JSON.stringify(item.metadata) }) }
}

function valueText<T extends object>(item: T): T {
  return 'type' in item && item.type === 'json' && 'value' in item
    ? { ...item, value: JSON.stringify(item.value) }
    : item
}
