import { crc32 } from 'node:zlib'
import type { LabelledEvaluation } from '../../model/evaluation.ts'
import { EVENT_FORMAT, type RunEvent } from '../../model/events.ts'

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
  'resumed',
  'problem',
])

/** Reads one line, without its line feed. A line with a right checksum is one this tool wrote. */
export function decodeLine(line: Buffer): DecodedLine {
  if (!isIntact(line)) return { status: 'damaged' }
  const { v, crc: _crc, ...parsed } = JSON.parse(line.toString('utf8'))
  if (v > EVENT_FORMAT) return { status: 'newer-format', format: v }
  return knownTypes.has(parsed.type) ? { status: 'event', event: withJsonText(parsed) } : { status: 'unknown-type' }
}

/** Whether a line, without its line feed, has a right checksum as its last member. */
export function isIntact(line: Buffer): boolean {
  const crcAt = line.lastIndexOf(CRC_MEMBER)
  const checksum = Number.parseInt(line.toString('latin1', crcAt + CRC_MEMBER.length), 10)
  return crcAt >= 0 && line.at(-1) === 0x7d && crc32(line.subarray(0, crcAt)) === checksum
}

/** The type a line names, without parsing the whole of it. */
export function lineType(line: Buffer): string {
  const head = line.toString('latin1', 0, 120)
  const start = head.indexOf('"type":"') + 8
  return head.slice(start, head.indexOf('"', start))
}

/** Members that are left out of a line while they have these values. */
const DEFAULTS = { generation: 0, queueMs: 0, retryWaitMs: 0, attempts: 1 }

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
      return parsed.status === 'ok'
        ? { ...DEFAULTS, ...parsed, output: JSON.stringify(parsed.output) }
        : { ...DEFAULTS, ...parsed }
    case 'evaluation-finished':
      return parsed.status === 'ok'
        ? { ...DEFAULTS, ...parsed, evaluations: parsed.evaluations.map(evaluationText) }
        : { ...DEFAULTS, ...parsed }
    case 'row-finished':
      return Object.assign({ generation: 0 }, parsed)
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
