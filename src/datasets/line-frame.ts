import { makeVisible } from '../model/quote.ts'

const BEFORE = 60
const AFTER = 40

/**
 * One line of a file as a code frame: its number, the part around the column, and a marker under it. What does not show is escaped.
 * @example lineFrame('{"input":1,}', 57, 12)
 * // > 57 | {"input":1,}
 * //      |            ^
 */
export function lineFrame(text: string, line: number, column?: number): string {
  const offset = Math.max(0, (column ?? 1) - 1)
  const start = offset <= BEFORE ? 0 : offset - BEFORE
  const before = `${start > 0 ? '…' : ''}${makeVisible(text.slice(start, offset))}`
  const after = `${makeVisible(text.slice(offset, offset + AFTER))}${offset + AFTER < text.length ? '…' : ''}`
  const gutter = `> ${line} | `
  if (column === undefined) return `${gutter}${before}${after}`
  const margin = `${' '.repeat(gutter.length - 2)}| `
  return `${gutter}${before}${after}\n${margin}${' '.repeat(before.length)}^`
}
