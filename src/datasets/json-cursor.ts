import { constants } from 'node:buffer'
import type { LlmobsExpError } from '../model/errors.ts'
import { quoteText } from '../model/quote.ts'
import type { Spot } from './entry.ts'
import { spotError } from './spot.ts'

/** What a reading step asks for when the block is used up: the next one. */
export const MORE = 'more'
/** In place of a character's code, after the last. */
export const END = -1

/** A place in JSON text that comes in blocks. */
export interface Cursor {
  readonly file: string
  text: string
  at: number
  /** From 1. */
  line: number
  /** Where the line began, counted from the beginning of `text`; negative when that was in an earlier block. */
  lineStart: number
  isLast: boolean
}

/** A step that may have to wait for the next block. */
export type Step<T> = Generator<typeof MORE, T, undefined>

const QUOTE = 0x22
const BACKSLASH = 0x5c
const NEWLINE = 0x0a
const word = /[\p{L}\p{N}_$.+-]+|./suy

export function createCursor(file: string, text = ''): Cursor {
  return { file, text, at: 0, line: 1, lineStart: 0, isLast: false }
}

/** Goes on in the next block. */
export function feed(cursor: Cursor, text: string): void {
  cursor.lineStart -= cursor.text.length
  cursor.at = 0
  cursor.text = text
}

/** From 1. */
export function columnOf({ at, lineStart }: Cursor): number {
  return at - lineStart + 1
}

/** Moves to the next character that is no space and gives its code, or `END`. */
export function* skipSpace(cursor: Cursor): Step<number> {
  for (;;) {
    for (; cursor.at < cursor.text.length; cursor.at++) {
      const code = cursor.text.charCodeAt(cursor.at)
      if (code === NEWLINE) beginLine(cursor, cursor.at)
      else if (code !== 0x20 && code !== 0x09 && code !== 0x0d) return code
    }
    if (!(yield* more(cursor))) return END
  }
}

function* more(cursor: Cursor): Step<boolean> {
  if (!cursor.isLast) yield MORE
  return !cursor.isLast
}

function beginLine(cursor: Cursor, newline: number): void {
  cursor.line++
  cursor.lineStart = newline + 1
}

interface ValueScan {
  depth: number
  isString: boolean
  isEscaped: boolean
}

/** Moves behind the value that begins here, and gives its text. Whether it is JSON is for a parser to say. */
export function* readValue(cursor: Cursor): Step<string> {
  const scan: ValueScan = { depth: 0, isString: false, isEscaped: false }
  let text = ''
  for (;;) {
    const start = cursor.at
    const isWhole = scanBlock(cursor, scan)
    if (text.length + cursor.at - start > constants.MAX_STRING_LENGTH) {
      throw failAt(cursor, `expected a value of at most ${constants.MAX_STRING_LENGTH} characters, got a longer one`)
    }
    text += cursor.text.slice(start, cursor.at)
    if (isWhole || !(yield* more(cursor))) return text
  }
}

/** Moves behind the value that begins here. */
export function* skipValue(cursor: Cursor): Step<void> {
  const scan: ValueScan = { depth: 0, isString: false, isEscaped: false }
  while (!scanBlock(cursor, scan)) if (!(yield* more(cursor))) return
}

/** Moves to the value's end and says whether it was in this block. */
function scanBlock(cursor: Cursor, scan: ValueScan): boolean {
  const { text } = cursor
  for (let at = cursor.at; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === NEWLINE && !endsScalar(code, scan)) beginLine(cursor, at)
    if (scan.isString) {
      if (!scanString(code, scan) || scan.depth > 0) continue
      cursor.at = at + 1
      return true
    }
    if (code === QUOTE) scan.isString = true
    else if (code === 0x7b || code === 0x5b) scan.depth++
    else if (endsScalar(code, scan)) {
      cursor.at = at
      return true
    } else if ((code === 0x7d || code === 0x5d) && --scan.depth === 0) {
      cursor.at = at + 1
      return true
    }
  }
  cursor.at = text.length
  return false
}

/** Whether the character ends the string. */
function scanString(code: number, scan: ValueScan): boolean {
  if (scan.isEscaped) scan.isEscaped = false
  else if (code === BACKSLASH) scan.isEscaped = true
  else if (code === QUOTE) scan.isString = false
  return !scan.isString
}

/** A number or a word ends at a space, `,`, `:`, `]` or `}`. */
function endsScalar(code: number, { depth, isString }: ValueScan): boolean {
  if (depth > 0 || isString) return false
  return code <= 0x20 || code === 0x2c || code === 0x3a || code === 0x5d || code === 0x7d
}

/** That the text is no JSON from here on, or not of the shape that was asked for. */
export function failAt(cursor: Cursor, message: string, hint?: string): LlmobsExpError {
  return spotError({ file: cursor.file, message, spot: spotOf(cursor), hint })
}

function spotOf(cursor: Cursor): Spot {
  const { text, line, lineStart } = cursor
  const begin = Math.max(lineStart, 0)
  const end = text.indexOf('\n', cursor.at)
  return {
    line,
    column: columnOf(cursor),
    text: text.slice(begin, end === -1 ? text.length : end),
    firstColumn: begin - lineStart + 1,
  }
}

/** The word or the character at the cursor, for a message. */
export function describeNext({ text, at }: Cursor): string {
  word.lastIndex = at
  const next = word.exec(text)?.[0]
  return next === undefined ? 'the end of the file' : quoteText(next.slice(0, 20))
}
