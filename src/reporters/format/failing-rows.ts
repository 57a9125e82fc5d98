import type { Row } from '../../model/row.ts'
import { sanitizeLine } from '../../terminal/sanitize.ts'
import { padEnd, truncate } from '../../terminal/width.ts'
import { excerpt } from '../../terminal/wrap.ts'
import { contrastTexts, renderMembers } from './contrast.ts'
import { type Difference, findDifference } from './difference.ts'
import { formatCount, formatNumber } from './number.ts'
import { reasonsOf } from './row-facts.ts'
import { describeRow } from './row-head.ts'
import type { Style } from './style.ts'

const FIELD_LINES = 2
const NAME_COLUMNS = 16
const MIN_WIDE_COLUMNS = 60
const MAX_COLUMNS = 160
const MAX_REASONS = 5

/** What is shown of one row under a name, in lines of at most so many columns. */
interface Field {
  readonly name: string
  readonly lines: (columns: number) => readonly string[]
}

export interface RowStyle extends Style {
  /** Keys of records that count for no number. @default none */
  readonly quarantined?: ReadonlySet<string>
  /** Of the experiment: with one, rows need not say which it was. */
  readonly runs: number
  /** Lines that a value may take. @default 2 */
  readonly valueLines?: number
  /** What else there is to say of it, by name. */
  readonly notes?: readonly (readonly [name: string, text: string])[]
}

export interface FailingRowsInput {
  readonly rows: readonly Row[]
  readonly runs: number
  /** How many there are in all. */
  readonly total: number
  /** How to see them all. */
  readonly more: string
  /** Keys of records that count for no number. @default none */
  readonly quarantined?: ReadonlySet<string>
}

/** Rows that failed or did not pass: what went in, what was expected, what came out, where they differ, and why. */
export function renderFailingRows(
  { rows, runs, total, more, quarantined = new Set() }: FailingRowsInput,
  style: Style,
): string {
  if (total === 0) return ''
  const title = `${formatCount(total, 'row')} failed or did not pass`
  const hidden = total - rows.length
  return [
    style.colors.bold(title),
    ...rows.map((row) => renderRow(row, { ...style, runs, quarantined })),
    ...(hidden > 0 ? [style.colors.dim(`  and ${formatNumber(hidden)} more: ${more}`)] : []),
  ].join('\n')
}

/** One row: what failed, what went in, what was expected, what came out, where they differ, and why it did not pass. */
export function renderRow(row: Row, style: RowStyle): string {
  const { colors, columns, runs, quarantined } = style
  const isQuarantined = quarantined?.has(row.key) === true
  const { key, what, isFailing } = describeRow(row, { runs, columns: columns - 2, isQuarantined })
  const head = what === '' ? colors.cyan(key) : `${colors.cyan(key)}${isFailing ? colors.red(what) : colors.dim(what)}`
  return [`  ${head}`, ...fieldsOf(row, style).map((field) => renderField(field, style))].join('\n')
}

function fieldsOf(row: Row, style: RowStyle): Field[] {
  const { record, task } = row
  const { valueLines = FIELD_LINES, notes = [] } = style
  const text = (name: string, value: string): Field => ({
    name,
    lines: (columns) => excerpt(value, { columns, lines: valueLines }),
  })
  const reasons = reasonsOf(row)
  return [
    text('input', record.input),
    ...valuesOf(row, text, style),
    ...(task === undefined || task.status === 'ok'
      ? []
      : [text(task.status, `${task.error.name}: ${task.error.message}`)]),
    ...reasons.slice(0, MAX_REASONS).map(([name, reason]) => text(name, reason)),
    ...(reasons.length > MAX_REASONS ? [text('…', `${reasons.length - MAX_REASONS} more`)] : []),
    ...notes.map(([name, note]) => text(name, note)),
  ]
}

/** What was expected and what came out, so that a difference is seen. */
function valuesOf({ record, task }: Row, text: (name: string, value: string) => Field, style: RowStyle): Field[] {
  const { expectedOutput } = record
  const expected = expectedOutput === undefined ? [] : [text('expected', expectedOutput)]
  if (task?.status !== 'ok') return expected
  const difference = expectedOutput === undefined ? undefined : findDifference(expectedOutput, task.output)
  if (difference?.kind === 'text') {
    const contrast = (columns: number) => contrastTexts(difference.text, { ...style, columns })
    return [
      { name: 'expected', lines: (columns) => [contrast(columns).expected] },
      { name: 'output', lines: (columns) => contrast(columns).output },
    ]
  }
  return [...expected, text('output', task.output), ...differenceField(difference, style)]
}

function differenceField(difference: Exclude<Difference, { kind: 'text' }> | undefined, style: Style): Field[] {
  if (difference === undefined) return []
  if (difference.kind === 'members')
    return [{ name: 'difference', lines: (columns) => renderMembers(difference.members, { ...style, columns }) }]
  const words = `looks the same, but ${difference.output} came where ${difference.expected} was expected`
  return [{ name: 'difference', lines: (columns) => excerpt(words, { columns, lines: 3 }) }]
}

function renderField({ name, lines }: Field, { colors, columns }: Style): string {
  const width = Math.min(columns, MAX_COLUMNS)
  const isNarrow = width < MIN_WIDE_COLUMNS
  const margin = isNarrow ? 6 : NAME_COLUMNS + 5
  const label = truncate(sanitizeLine(name), NAME_COLUMNS)
  const body = lines(width - margin)
    .map((line, index) => (index === 0 && !isNarrow ? line : ' '.repeat(margin) + line))
    .join('\n')
  return isNarrow
    ? `    ${colors.dim(truncate(label, width - 4))}\n${body}`
    : `    ${colors.dim(padEnd(label, NAME_COLUMNS))} ${body}`
}
