import { formatNumber } from '../number.ts'

/** A part of the document that may be cut, but only between its rows. */
export interface Section {
  readonly head: string
  readonly rows: readonly string[]
  readonly foot: string
  /** How many there are beside these rows, of which the document never had more. */
  readonly others: number
  /** How to see what is left out; empty where there is no way. */
  readonly more: string
}

/** As much of a section as goes into so many bytes, and how many rows were left out. Empty where not even its head fits. */
export function renderSection({ head, rows, foot, others, more }: Section, room: number): string {
  const whole = head + rows.join('') + foot + leftOut(others, more)
  if (byteLength(whole) <= room) return whole
  let left = room - byteLength(head + foot + leftOut(rows.length + others, more))
  const shown: string[] = []
  for (const row of rows) {
    left -= byteLength(row)
    if (left < 0) break
    shown.push(row)
  }
  if (shown.length === 0) return ''
  return head + shown.join('') + foot + leftOut(rows.length - shown.length + others, more)
}

export function byteLength(text: string): number {
  return Buffer.byteLength(text, 'utf8')
}

function leftOut(count: number, more: string): string {
  if (count === 0) return ''
  return `\nand ${formatNumber(count)} more${more === '' ? '' : `: ${more}`}\n\n`
}
