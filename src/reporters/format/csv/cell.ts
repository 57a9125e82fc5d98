import { showControl } from '../show-control.ts'

/** What a spreadsheet strips or ignores before it looks whether a cell is a formula. */
const LEADING = /^[\s\p{Control}\p{Format}\p{Default_Ignorable_Code_Point}]+/u
/** What begins a formula, in full width too. */
const FORMULA = /^[=+\-@\uff1d\uff0b\uff0d\uff20]/
const PLAIN_NUMBER = /^-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?$/
const LINE_BREAKS = /(\r\n|\n|\r)/
/** Characters that no spreadsheet shows, and that `csv()` or a terminal would trip over. */
const CONTROLS = /(?![\t\n\r])\p{Control}|\p{Surrogate}/gu
/** Semicolons and tabs too: in some countries they separate cells. */
const NEEDS_QUOTES = /[",;\t\r\n]|^\s|\s$/

/**
 * Text from anywhere as a cell of CSV (RFC 4180) that no spreadsheet takes for a formula: each of its lines that could be one has
 * a `'` before it. Plain numbers stay as they are.
 * @example csvCell('=1+1') // "'=1+1"
 */
export function csvCell(text: string): string {
  const safe = PLAIN_NUMBER.test(text) ? text : text.split(LINE_BREAKS).map(defuse).join('')
  const visible = safe.replace(CONTROLS, showControl)
  return NEEDS_QUOTES.test(visible) ? `"${visible.replaceAll('"', '""')}"` : visible
}

export function csvLine(cells: readonly string[]): string {
  return `${cells.map(csvCell).join(',')}\r\n`
}

function defuse(line: string): string {
  if (/^[\r\n]*$/.test(line)) return line
  return line.startsWith('\t') || FORMULA.test(line.replace(LEADING, '')) ? `'${line}` : line
}
