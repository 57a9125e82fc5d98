import { parseJson } from '../model/json.ts'
import type { Entry, Format } from './entry.ts'
import { findJsonError } from './find-json-error.ts'
import { locateInJson } from './json-path.ts'
import { type LineBatch, splitLines, type UnreadableLine } from './split-lines.ts'
import { spotIn, startOf } from './spot.ts'

const blank = /^[ \t\r]*$/

/** A record a line. */
export const jsonlFormat: Format = {
  async *parse(blocks) {
    for await (const batch of splitLines(blocks)) yield toEntries(batch)
  },
  locate: (entry, path) => (path.length === 0 ? startOf(entry) : spotIn(entry, locateInJson(entry.text, path))),
}

function toEntries({ firstLine, lines }: LineBatch): Entry[] {
  const entries: Entry[] = []
  for (let index = 0; index < lines.length; index++) {
    const entry = parseLine(lines[index] ?? '', firstLine + index)
    if (entry !== undefined) entries.push(entry)
  }
  return entries
}

/** `undefined` of a blank line. */
function parseLine(line: string | UnreadableLine, number: number): Entry | undefined {
  if (typeof line !== 'string') return { status: 'unreadable', message: line.message, spot: { ...line, line: number } }
  if (line.charCodeAt(0) !== 0x7b && blank.test(line)) return undefined
  try {
    const value: unknown = parseJson(line)
    return { status: 'value', value, text: line, line: number, column: 1 }
  } catch {
    return unparsable(line, number)
  }
}

function unparsable(line: string, number: number): Entry {
  const text = line.endsWith('\r') ? line.slice(0, -1) : line
  const fault = findJsonError(text) ?? { offset: 0, message: 'expected JSON' }
  const spot = { line: number, column: fault.offset + 1, text }
  return { status: 'unreadable', message: `not JSON: ${fault.message}`, spot }
}
