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
const CLOSING_BRACE = 0x7d
const ZERO = 0x30
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

/** Without what is the line's own, which is cut off as text: taking members off an object would cost more than parsing it. */
function parseMembers(line: Buffer, crcAt: number) {
  if (HEAD.compare(line, 0, HEAD.length) === 0) {
    return { v: EVENT_FORMAT, parsed: JSON.parse(`{${line.toString('utf8', HEAD.length, crcAt)}}`) }
  }
  const { v, ...parsed } = JSON.parse(`${line.toString('utf8', 0, crcAt)}}`)
  return { v, parsed }
}

/**
 * Where the checksum of a line stands as its last member; -1 when there is no right one.
 *
 * @param bytes the line without its line feed, or what it stands in
 */
export function findIntactCrc(bytes: Buffer, start = 0, end = bytes.length): number {
  if (bytes[end - 1] !== CLOSING_BRACE) return -1
  let at = end - 2
  let checksum = 0
  for (let unit = 1, digit = digitAt(bytes, at); digit >= 0; digit = digitAt(bytes, at), unit *= 10) {
    checksum += digit * unit
    at--
  }
  const crcAt = at + 1 - CRC_MEMBER.length
  if (at === end - 2 || crcAt < start || !standsAt(bytes, crcAt, CRC_MEMBER)) return -1
  // A view costs less than a buffer, and there are many lines.
  return crc32(new DataView(bytes.buffer, bytes.byteOffset + start, crcAt - start)) === checksum ? crcAt : -1
}

/** -1 where there is none. */
function digitAt(bytes: Buffer, at: number): number {
  const digit = (bytes[at] ?? 0) - ZERO
  return digit <= 9 ? digit : -1
}

function standsAt(bytes: Buffer, at: number, wanted: Buffer): boolean {
  for (let index = 0; index < wanted.length; index++) if (bytes[at + index] !== wanted[index]) return false
  return true
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
