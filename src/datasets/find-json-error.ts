/** Where JSON text stops being JSON. `offset` counts UTF-16 code units from 0. */
export interface JsonFault {
  readonly offset: number
  readonly message: string
}

type Expected = 'value' | 'first item' | 'first key' | 'key' | 'colon' | 'more' | 'nothing'

const wording: { readonly [E in Expected]: string } = {
  value: 'a value',
  'first item': 'a value or "]"',
  'first key': 'a key in double quotes or "}"',
  key: 'a key in double quotes',
  colon: '":"',
  more: '"," or the end of what was begun',
  nothing: 'nothing after the value',
}

const space = /[ \t\n\r]*/y
const numberOrLiteral = /(?:-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)/y
const word = /[\p{L}\p{N}_$]+|./suy

interface Scan {
  readonly text: string
  readonly isLine: boolean
  /** What was begun and has not ended. */
  readonly begun: ('{' | '[')[]
  at: number
  expected: Expected
}

/**
 * Finds the place that `JSON.parse` refuses, which it does not tell on every Node version; `undefined` where it refuses nothing.
 * Never recurses, so that nesting cannot overflow the stack.
 *
 * @param end what ends where the text does
 */
export function findJsonError(text: string, end: 'line' | 'file' = 'line'): JsonFault | undefined {
  const scan: Scan = { text, isLine: end === 'line', begun: [], at: 0, expected: 'value' }
  for (;;) {
    scan.at += match(space, scan)
    if (scan.at === text.length && scan.expected === 'nothing') return undefined
    const fault = scanToken(scan)
    if (fault !== undefined) return fault
  }
}

function scanToken(scan: Scan): JsonFault | undefined {
  const character = scan.text[scan.at]
  switch (scan.expected) {
    case 'first item':
      return character === ']' ? close(scan) : scanValue(scan)
    case 'value':
      return scanValue(scan)
    case 'first key':
      return character === '}' ? close(scan) : scanKey(scan)
    case 'key':
      return scanKey(scan)
    case 'colon':
      return character === ':' ? advance(scan, 'value') : unexpected(scan)
    case 'more':
      return scanMore(scan)
    case 'nothing':
      return unexpected(scan)
  }
}

function scanValue(scan: Scan): JsonFault | undefined {
  const character = scan.text[scan.at]
  if (character === '{' || character === '[') {
    scan.begun.push(character)
    return advance(scan, character === '{' ? 'first key' : 'first item')
  }
  if (character === '"') return scanString(scan, afterValue(scan))
  const length = match(numberOrLiteral, scan)
  return length === 0 ? unexpected(scan) : advance(scan, afterValue(scan), length)
}

function scanKey(scan: Scan): JsonFault | undefined {
  return scan.text[scan.at] === '"' ? scanString(scan, 'colon') : unexpected(scan)
}

function scanMore(scan: Scan): JsonFault | undefined {
  const isObject = scan.begun.at(-1) === '{'
  const character = scan.text[scan.at]
  if (character === ',') return advance(scan, isObject ? 'key' : 'value')
  return character === (isObject ? '}' : ']') ? close(scan) : unexpected(scan)
}

function scanString(scan: Scan, next: Expected): JsonFault | undefined {
  const { text } = scan
  for (let at = scan.at + 1; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === 0x22) return advance(scan, next, at + 1 - scan.at)
    if (code < 0x20) return { offset: at, message: `expected a control character to be escaped, got ${showCode(code)}` }
    if (code !== 0x5c) continue
    const length = escapeLength(text, at)
    if (length === 0) return { offset: at, message: 'expected an escape such as \\n, \\" or \\u00e9, got another' }
    at += length - 1
  }
  const string = scan.isLine ? `the string from column ${scan.at + 1}` : 'a string'
  return { offset: text.length, message: `expected the end of ${string}, got ${describeEnd(scan)}` }
}

function escapeLength(text: string, at: number): number {
  const escaped = text[at + 1] ?? ''
  if (escaped === 'u') return /^[0-9a-fA-F]{4}$/.test(text.slice(at + 2, at + 6)) ? 6 : 0
  return escaped !== '' && '"\\/bfnrt'.includes(escaped) ? 2 : 0
}

function close(scan: Scan): undefined {
  scan.begun.pop()
  advance(scan, afterValue(scan))
}

function afterValue(scan: Scan): Expected {
  return scan.begun.length === 0 ? 'nothing' : 'more'
}

function advance(scan: Scan, next: Expected, length = 1): undefined {
  scan.at += length
  scan.expected = next
}

function unexpected(scan: Scan): JsonFault {
  const length = match(word, scan)
  const got =
    length === 0 ? describeEnd(scan) : JSON.stringify(scan.text.slice(scan.at, scan.at + Math.min(length, 20)))
  const isTrailingComma = (scan.expected === 'key' && got === '"}"') || (scan.expected === 'value' && got === '"]"')
  return {
    offset: scan.at,
    message: `expected ${wording[scan.expected]}, got ${got}${isTrailingComma ? ' after a comma' : ''}`,
  }
}

function describeEnd({ isLine }: Scan): string {
  return `the end of the ${isLine ? 'line' : 'file'}`
}

function match(pattern: RegExp, scan: Scan): number {
  pattern.lastIndex = scan.at
  return pattern.exec(scan.text)?.[0].length ?? 0
}

function showCode(code: number): string {
  return `U+${code.toString(16).toUpperCase().padStart(4, '0')}`
}
