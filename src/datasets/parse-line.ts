import type { ItemPlace, SourceItem, SourceProblem } from '../model/dataset.ts'
import { MAX_DEPTH, parseJson } from '../model/json.ts'
import { makeVisible } from '../model/quote.ts'
import { checkRecord } from './check-record.ts'
import { findJsonError } from './find-json-error.ts'
import { lineFrame } from './line-frame.ts'
import type { UnreadableLine } from './read-lines.ts'

/** A line cannot nest deeper than half its length. */
const DEEP_LINE = 2 * MAX_DEPTH

const blank = /^[ \t\r]*$/

/** Makes a record, or a problem that names line and column, of one line of JSON Lines; `undefined` of a blank one. */
export function parseLine(line: string | UnreadableLine, place: Required<ItemPlace>): SourceItem | undefined {
  if (typeof line !== 'string') return unreadable(line, place)
  if (line.charCodeAt(0) !== 0x7b && blank.test(line)) return undefined
  let value: unknown
  try {
    value = parseJson(line)
  } catch {
    return unparsable(line, place)
  }
  if (line.length > DEEP_LINE && isDeeperThan(value, MAX_DEPTH + 1)) {
    return invalid({ message: `expected values nested at most ${MAX_DEPTH} deep, got a deeper one` }, line, place)
  }
  const item = checkRecord(value)
  if (item.status === 'invalid') return invalid(item.problem, line, place)
  return { status: 'record', record: item.record, file: place.file, line: place.line }
}

/** A problem of a line, with the place and a code frame. */
export function invalid(
  problem: Pick<SourceProblem, 'message' | 'column'>,
  text: string,
  { file, line }: Required<ItemPlace>,
): SourceItem {
  const { column } = problem
  const message = makeVisible(problem.message)
  const position = column === undefined ? { file, line } : { file, line, column }
  return { status: 'invalid', problem: { message, ...position, codeFrame: lineFrame(text, line, column) } }
}

function unreadable({ message, column, text }: UnreadableLine, place: Required<ItemPlace>): SourceItem {
  return invalid(column === undefined ? { message } : { message, column }, text, place)
}

function unparsable(line: string, place: Required<ItemPlace>): SourceItem {
  const text = line.endsWith('\r') ? line.slice(0, -1) : line
  const fault = findJsonError(text) ?? { offset: 0, message: 'expected JSON' }
  return invalid({ message: `not JSON: ${fault.message}`, column: fault.offset + 1 }, text, place)
}

/** Whether containers are nested deeper than that; looks no deeper itself. */
function isDeeperThan(value: unknown, depth: number): boolean {
  if (typeof value !== 'object' || value === null) return false
  if (depth === 0) return true
  if (Array.isArray(value)) return value.some((item) => isDeeperThan(item, depth - 1))
  return Object.keys(value).some((key) => isDeeperThan(Reflect.get(value, key), depth - 1))
}
