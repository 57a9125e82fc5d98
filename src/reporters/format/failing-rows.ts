import type { Row, RowEvaluation } from '../../model/row.ts'
import { sanitizeLine } from '../../terminal/sanitize.ts'
import { padEnd, truncate } from '../../terminal/width.ts'
import { excerpt } from '../../terminal/wrap.ts'
import { formatCount, formatNumber } from './number.ts'
import type { Style } from './style.ts'

const FIELD_LINES = 2
const NAME_COLUMNS = 16
const MIN_WIDE_COLUMNS = 60
const MAX_COLUMNS = 160
const MAX_REASONS = 5

type Field = readonly [name: string, text: string]

export interface FailingRowsInput {
  readonly rows: readonly Row[]
  /** How many there are in all. */
  readonly total: number
  /** How to see them all. */
  readonly more: string
}

/** Rows that failed or did not pass: what went in, what was expected, what came out, and why. */
export function renderFailingRows({ rows, total, more }: FailingRowsInput, style: Style): string {
  if (total === 0) return ''
  const title = `${formatCount(total, 'row')} failed or did not pass`
  const hidden = total - rows.length
  return [
    style.colors.bold(title),
    ...rows.map((row) => renderRow(row, style)),
    ...(hidden > 0 ? [style.colors.dim(`  and ${formatNumber(hidden)} more: ${more}`)] : []),
  ].join('\n')
}

/** One row: what went in, what was expected, what came out, and why it did not pass. */
export function renderRow(row: Row, style: Style): string {
  const head = truncate(`${sanitizeLine(row.key)} · run ${row.iteration} · ${row.status}`, style.columns - 2)
  return [`  ${style.colors.cyan(head)}`, ...fieldsOf(row).map((field) => renderField(field, style))].join('\n')
}

function fieldsOf(row: Row): Field[] {
  const { record, task } = row
  const reasons = row.evaluations.flatMap(reasonsOf)
  return [
    ['input', record.input],
    ...(record.expectedOutput === undefined ? [] : [['expected', record.expectedOutput] satisfies Field]),
    ...(task === undefined ? [] : [taskField(task)]),
    ...reasons.slice(0, MAX_REASONS),
    ...(reasons.length > MAX_REASONS ? [['…', `${reasons.length - MAX_REASONS} more`] satisfies Field] : []),
  ]
}

function taskField(task: NonNullable<Row['task']>): Field {
  return task.status === 'ok' ? ['output', task.output] : [task.status, `${task.error.name}: ${task.error.message}`]
}

function reasonsOf(evaluation: RowEvaluation): Field[] {
  if (evaluation.status === 'skipped') return []
  if (evaluation.status !== 'ok') return [[evaluation.evaluator, `${evaluation.status}: ${evaluation.error.message}`]]
  return evaluation.evaluations
    .filter(({ type, value, assessment }) => (type === 'boolean' && !value) || assessment === 'fail')
    .map(({ label, value, reasoning }) => [label, reasoning === undefined ? String(value) : `${value}: ${reasoning}`])
}

function renderField([name, text]: Field, { colors, columns }: Style): string {
  const width = Math.min(columns, MAX_COLUMNS)
  const isNarrow = width < MIN_WIDE_COLUMNS
  const margin = isNarrow ? 6 : NAME_COLUMNS + 5
  const lines = excerpt(text, { columns: width - margin, lines: FIELD_LINES })
  const label = truncate(sanitizeLine(name), NAME_COLUMNS)
  const body = lines.map((line, index) => (index === 0 && !isNarrow ? line : ' '.repeat(margin) + line)).join('\n')
  return isNarrow
    ? `    ${colors.dim(truncate(label, width - 4))}\n${body}`
    : `    ${colors.dim(padEnd(label, NAME_COLUMNS))} ${body}`
}
