import { crc32 } from 'node:zlib'
import type { LabelledEvaluation } from '../../model/evaluation.ts'
import { type CallTiming, EVENT_FORMAT, type RunEvent, type UnitRef } from '../../model/events.ts'

/** What a line of the log turned out to be. */
export type DecodedLine =
  | { readonly status: 'event'; readonly event: RunEvent }
  | { readonly status: 'damaged' }
  | { readonly status: 'unknown-type' }
  | { readonly status: 'newer-format'; readonly format: number }

const CRC_MEMBER = Buffer.from(',"crc":')
/** How this version begins its lines. */
const HEAD = Buffer.from(`{"v":${EVENT_FORMAT},`)

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
  const crcAt = findIntactCrc(line)
  if (crcAt < 0) return { status: 'damaged' }
  const { v, parsed } = parseMembers(line, crcAt)
  if (v > EVENT_FORMAT) return { status: 'newer-format', format: v }
  return knownTypes.has(parsed.type) ? { status: 'event', event: withJsonText(parsed) } : { status: 'unknown-type' }
}

const INPUT = Buffer.from(',"input":')
const OUTPUT = Buffer.from(',"output":')

/**
 * Reads a `record` or a `task-finished` without the values of the user, which may be most of the line: its input or output is `null`
 * then. No text before that can look like the member's name, as a quote in a text has a backslash before it.
 */
export function decodeEssence(line: Buffer, type: 'record' | 'task-finished'): DecodedLine {
  const at = line.indexOf(type === 'record' ? INPUT : OUTPUT)
  if (at < 0 || HEAD.compare(line, 0, HEAD.length) !== 0) return decodeLine(line)
  if (findIntactCrc(line) < 0) return { status: 'damaged' }
  const member = type === 'record' ? 'input' : 'output'
  const text = `{${line.toString('utf8', HEAD.length, at)},"${member}":null}`
  return { status: 'event', event: withJsonText(JSON.parse(text)) }
}

/** Without what is the line's own, which is cut off as text: taking members off an object would cost more than parsing it. */
function parseMembers(line: Buffer, crcAt: number) {
  if (HEAD.compare(line, 0, HEAD.length) === 0) {
    return { v: EVENT_FORMAT, parsed: JSON.parse(`{${line.toString('utf8', HEAD.length, crcAt)}}`) }
  }
  const { v, ...parsed } = JSON.parse(`${line.toString('utf8', 0, crcAt)}}`)
  return { v, parsed }
}

/** Where the checksum of a line, without its line feed, stands as its last member; -1 when there is no right one. */
export function findIntactCrc(line: Buffer): number {
  const crcAt = line.lastIndexOf(CRC_MEMBER)
  if (crcAt < 0 || line[line.length - 1] !== 0x7d) return -1
  const checksum = Number.parseInt(line.toString('latin1', crcAt + CRC_MEMBER.length), 10)
  return crc32(line.subarray(0, crcAt)) === checksum ? crcAt : -1
}

/** The type a line names, without parsing the whole of it. */
export function lineType(line: Buffer): string {
  const head = line.toString('latin1', 0, 120)
  const start = head.indexOf('"type":"') + 8
  return head.slice(start, head.indexOf('"', start))
}

/** The number a line names, without parsing the whole of it. */
export function lineSeq(line: Buffer | undefined): number | undefined {
  const digits = line === undefined ? undefined : /^\{"v":\d+,"seq":(\d+)/.exec(line.toString('latin1', 0, 64))
  return digits?.[1] === undefined ? undefined : Number(digits[1])
}

/** Gives user values back the form of JSON text, which they have everywhere behind the executor, and members that were left out. */
function withJsonText(parsed: RunEvent): RunEvent {
  switch (parsed.type) {
    case 'record': {
      const { input, expectedOutput, metadata } = parsed
      const texts = Object.assign(parsed, { input: JSON.stringify(input) })
      if (expectedOutput !== undefined) Object.assign(texts, { expectedOutput: JSON.stringify(expectedOutput) })
      return metadata === undefined ? texts : Object.assign(texts, { metadata: JSON.stringify(metadata) })
    }
    case 'task-finished':
      fillCall(parsed)
      return parsed.status === 'ok' ? Object.assign(parsed, { output: JSON.stringify(parsed.output) }) : parsed
    case 'evaluation-finished':
      fillCall(parsed)
      if (parsed.status === 'ok') for (const evaluation of parsed.evaluations) evaluationText(evaluation)
      return parsed
    case 'row-finished':
      return fillUnit(parsed)
    case 'run-finished':
      for (const summary of parsed.summaries) valueText(summary)
      return parsed
    default:
      return parsed
  }
}

const FIRST_GENERATION = { generation: 0 }
const CALLED_AT_ONCE = { queueMs: 0, retryWaitMs: 0, attempts: 1 }

function fillUnit<T extends UnitRef>(event: T): T {
  return event.generation === undefined ? Object.assign(event, FIRST_GENERATION) : event
}

function fillCall(event: UnitRef & CallTiming): void {
  fillUnit(event)
  if (event.attempts === undefined) Object.assign(event, CALLED_AT_ONCE)
}

function evaluationText(item: LabelledEvaluation): void {
  valueText(item)
  if (item.metadata !== undefined) Object.assign(item, { metadata: JSON.stringify(item.metadata) })
}

function valueText(item: object): void {
  if ('type' in item && item.type === 'json' && 'value' in item)
    Object.assign(item, { value: JSON.stringify(item.value) })
}
