import { sanitize } from './sanitize.ts'
import { displayWidth, takeColumns, truncate } from './width.ts'

/** Puts so many spaces before each line. */
export function indent(text: string, spaces: number): string {
  return text
    .split('\n')
    .map((line) => (line === '' ? line : ' '.repeat(spaces) + line))
    .join('\n')
}

export interface ExcerptOptions {
  readonly columns: number
  readonly lines: number
}

/**
 * The beginning of untrusted text, made safe, as at most so many lines of at most so many columns. What was cut shows as an
 * ellipsis. Line breaks and tabs become spaces. Costs no more for a text of megabytes than for a short one.
 */
export function excerpt(text: string, { columns, lines }: ExcerptOptions): string[] {
  const considered = text.slice(0, columns * lines * 8 + 64)
  let rest = sanitize(considered)
    .replace(/[\s\u2028\u2029]+/g, ' ')
    .trim()
  if (considered.length < text.length) rest += '…'
  const result: string[] = []
  while (result.length < lines - 1 && displayWidth(rest) > columns) {
    const head = cutAtWord(takeColumns(rest, columns), rest)
    if (head === '') break
    result.push(head)
    rest = rest.slice(head.length).trimStart()
  }
  result.push(truncate(rest, columns))
  return result
}

/** Scripts that are broken between any two characters. */
const UNSPACED = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\u3000-\u303f\uff00-\uff60]$/u

/** Ends a line after a word where that does not leave much of it empty. */
function cutAtWord(head: string, text: string): string {
  if (text[head.length] === ' ' || UNSPACED.test(head)) return head
  const space = head.lastIndexOf(' ')
  return space > head.length * 0.4 ? head.slice(0, space) : head
}
