import Table from 'cli-table3'
import type { NamedSummaryResult } from '../../model/events.ts'
import type { LabelSummary } from '../../model/summary.ts'
import { sanitizeLine } from '../../terminal/sanitize.ts'
import { displayWidth, truncate } from '../../terminal/width.ts'
import { excerpt } from '../../terminal/wrap.ts'
import { formatLabelValue, formatSummaryValue, isRough } from './label-value.ts'
import { formatNumber } from './number.ts'
import type { Style } from './style.ts'

const NAME_COLUMNS = 40
const VALUE_COLUMNS = 60
const VALUE_LINES = 3
const MAX_TABLE_ROWS = 100
const MIN_TABLE_COLUMNS = 60

interface TableRow {
  readonly name: string
  readonly value: string
  readonly hasErrors: boolean
  /** Scored, errored and skipped; empty for a summary evaluator. */
  readonly coverage: readonly number[]
}

export interface LabelTableInput {
  readonly labels: readonly LabelSummary[]
  readonly summaries: readonly NamedSummaryResult[]
}

/** Evaluators and summary evaluators as a table; as one block for each where the terminal is too narrow for that. */
export function renderLabelTable({ labels, summaries }: LabelTableInput, style: Style): string {
  const rows = [...labels.map(labelRow), ...summaries.map(summaryRow)]
  if (rows.length === 0) return ''
  const text = fits(rows, style) ?? rows.map((row) => renderBlock(row, style)).join('\n')
  return labels.some(isRough) ? `${text}\n${roughNote(style)}` : text
}

function fits(rows: readonly TableRow[], style: Style): string | undefined {
  // cli-table3 takes 0.6 ms a row.
  if (style.columns < MIN_TABLE_COLUMNS || rows.length > MAX_TABLE_ROWS) return undefined
  const table = renderTable(rows, style)
  const isTooWide = displayWidth(table.slice(0, table.indexOf('\n'))) > style.columns
  return isTooWide ? undefined : table
}

function renderTable(rows: readonly TableRow[], { colors }: Style): string {
  const table = new Table({
    head: ['evaluator', 'value', 'scored', 'errored', 'skipped'].map(colors.bold),
    colAligns: ['left', 'left', 'right', 'right', 'right'],
    // Without these it paints with a library of its own.
    style: { head: [], border: [], compact: true },
  })
  for (const row of rows) {
    const [scored = '', errored = '', skipped = ''] = row.coverage.map(formatNumber)
    const value = truncate(row.value, VALUE_COLUMNS)
    table.push([
      truncate(row.name, NAME_COLUMNS),
      row.hasErrors && row.coverage.length === 0 ? colors.red(value) : value,
      scored,
      row.hasErrors ? colors.red(errored) : errored,
      skipped,
    ])
  }
  return table.toString()
}

function renderBlock(row: TableRow, { colors, columns }: Style): string {
  const [scored, errored, skipped] = row.coverage.map(formatNumber)
  const coverage = scored === undefined ? [] : [`scored ${scored}`, `errored ${errored}`, `skipped ${skipped}`]
  const oneLine = coverage.join(', ')
  const details = oneLine.length <= columns - 2 ? [oneLine] : coverage
  const lines = [...excerpt(row.value, { columns: columns - 2, lines: VALUE_LINES }), ...details]
  return [
    colors.bold(truncate(row.name, columns)),
    ...lines.filter((line) => line !== '').map((line) => `  ${line}`),
  ].join('\n')
}

function roughNote({ colors, columns }: Style): string {
  const lines = excerpt('~ too few rows for the interval to mean much', { columns, lines: 3 })
  return lines.map(colors.dim).join('\n')
}

function labelRow(label: LabelSummary): TableRow {
  return {
    name: sanitizeLine(label.label),
    value: label.scored === 0 ? '–' : formatLabelValue(label),
    hasErrors: label.errored > 0,
    coverage: [label.scored, label.errored, label.skipped],
  }
}

function summaryRow(summary: NamedSummaryResult): TableRow {
  return {
    name: `${sanitizeLine(summary.name)} (summary)`,
    value: formatSummaryValue(summary),
    hasErrors: summary.status === 'error',
    coverage: [],
  }
}
