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
const MIN_NAME_COLUMNS = 12
const MIN_TEXT_COLUMNS = 20
/** More than this a name does not take from a text that has to be broken. */
const MAX_NAME_BESIDE_TEXT = 20
const HEAD = ['evaluator', 'value', 'scored', 'errored', 'skipped'] as const
const CHANGE = 'change'

interface TableRow {
  readonly name: string
  readonly value: string
  /** Whether the value may be broken into lines. */
  readonly isText: boolean
  readonly hasErrors: boolean
  /** Scored, errored and skipped, and quarantined where there are such rows; empty for a summary evaluator. */
  readonly coverage: readonly number[]
  /** From the baseline; empty where there is none. */
  readonly change: string
}

export interface LabelTableInput {
  readonly labels: readonly LabelSummary[]
  readonly summaries: readonly NamedSummaryResult[]
  /** From the baseline, by label. @default none */
  readonly changes?: ReadonlyMap<string, string>
}

/** Evaluators and summary evaluators as a table; as one block for each where the terminal is too narrow for that. */
export function renderLabelTable({ labels, summaries, changes }: LabelTableInput, style: Style): string {
  const rows = [
    ...labels.map((label) => labelRow(label, changes?.get(label.label) ?? '')),
    ...summaries.map(summaryRow),
  ]
  if (rows.length === 0) return ''
  const text = fits(rows, style) ?? rows.map((row) => renderBlock(row, style)).join('\n')
  return labels.some(isRough) ? `${text}\n${roughNote(style)}` : text
}

function fits(rows: readonly TableRow[], style: Style): string | undefined {
  // cli-table3 takes 0.6 ms a row.
  if (rows.length > MAX_TABLE_ROWS) return undefined
  const widths = fitColumns(rows, style.columns)
  return widths === undefined ? undefined : renderTable(rows, widths, style)
}

interface ColumnWidths {
  readonly name: number
  readonly value: number
}

/** Gives the value what it needs, but for texts, which may be broken; the name gets what is left. Undefined where that is too little. */
function fitColumns(rows: readonly TableRow[], columns: number): ColumnWidths | undefined {
  const heads = headOf(rows)
  const coverage = heads
    .slice(2)
    .map((head, index) =>
      Math.max(
        head.length,
        ...rows.map((row) => (row.coverage[index] === undefined ? 0 : formatNumber(row.coverage[index]).length)),
      ),
    )
  const widest = (texts: readonly string[]): number => Math.max(0, ...texts.map(displayWidth))
  const changes = hasChanges(rows) ? [widest([CHANGE, ...rows.map((row) => row.change)])] : []
  const others = [...coverage, ...changes]
  const borders = (others.length + 2) * 3 + 1
  const left = columns - borders - others.reduce((sum, width) => sum + width, 0)
  const name = Math.min(widest([HEAD[0], ...rows.map((row) => row.name)]), NAME_COLUMNS)
  const value = Math.min(widest([HEAD[1], ...rows.map((row) => row.value)]), VALUE_COLUMNS)
  if (name + value <= left) return { name, value }
  const numbers = widest(rows.filter((row) => !row.isText).map((row) => row.value))
  const texts = rows.some((row) => row.isText) ? Math.min(value, MIN_TEXT_COLUMNS) : 0
  const narrowest = Math.max(numbers, texts, HEAD[1].length)
  const least = Math.min(name, MIN_NAME_COLUMNS)
  if (least + narrowest > left) return undefined
  const fittedName = Math.min(name, left - narrowest, Math.max(left - value, MAX_NAME_BESIDE_TEXT))
  return { name: fittedName, value: Math.min(value, left - fittedName) }
}

function renderTable(rows: readonly TableRow[], widths: ColumnWidths, { colors }: Style): string {
  const withChanges = hasChanges(rows)
  const heads = headOf(rows)
  const table = new Table({
    head: [...heads, ...(withChanges ? [CHANGE] : [])].map(colors.bold),
    colAligns: [...heads.map((_, index) => (index < 2 ? ('left' as const) : ('right' as const))), 'left'],
    // Without these it paints with a library of its own.
    style: { head: [], border: [], compact: true },
  })
  for (const row of rows) {
    const [scored = '', errored = '', skipped = '', quarantined = ''] = row.coverage.map(formatNumber)
    const value = excerpt(row.value, { columns: widths.value, lines: row.isText ? VALUE_LINES : 1 })
    const color = row.hasErrors && row.coverage.length === 0 ? colors.red : (text: string) => text
    table.push([
      truncate(row.name, widths.name),
      value.map(color).join('\n'),
      scored,
      row.hasErrors ? colors.red(errored) : errored,
      skipped,
      ...(heads.length > HEAD.length ? [quarantined] : []),
      ...(withChanges ? [row.change] : []),
    ])
  }
  return table.toString()
}

function renderBlock(row: TableRow, { colors, columns }: Style): string {
  const change = row.change === '' ? [] : [`change ${row.change}`]
  const words = ['scored', 'errored', 'skipped', 'quarantined']
  const coverage = row.coverage.map((count, index) => `${words[index]} ${formatNumber(count)}`)
  const oneLine = coverage.join(', ')
  const details = oneLine.length <= columns - 2 ? [oneLine] : coverage
  const lines = [...excerpt(row.value, { columns: columns - 2, lines: VALUE_LINES }), ...details, ...change]
  return [
    colors.bold(truncate(row.name, columns)),
    ...lines.filter((line) => line !== '').map((line) => `  ${line}`),
  ].join('\n')
}

function headOf(rows: readonly TableRow[]): readonly string[] {
  return rows.some(({ coverage }) => coverage.length > 3) ? [...HEAD, 'quarantined'] : HEAD
}

function roughNote({ colors, columns }: Style): string {
  const lines = excerpt('~ too few rows for the interval to mean much', { columns, lines: 3 })
  return lines.map(colors.dim).join('\n')
}

function hasChanges(rows: readonly TableRow[]): boolean {
  return rows.some(({ change }) => change !== '')
}

function labelRow(label: LabelSummary, change: string): TableRow {
  return {
    name: sanitizeLine(label.label),
    value: label.scored === 0 ? '–' : formatLabelValue(label),
    isText: label.type === 'categorical' || label.type === 'mixed',
    hasErrors: label.errored > 0,
    change,
    coverage: [
      label.scored,
      label.errored,
      label.skipped,
      ...(label.quarantined === undefined ? [] : [label.quarantined]),
    ],
  }
}

function summaryRow(summary: NamedSummaryResult): TableRow {
  return {
    name: `${sanitizeLine(summary.name)} (summary)`,
    value: formatSummaryValue(summary),
    isText: summary.status === 'error' || summary.type === 'categorical' || summary.type === 'json',
    hasErrors: summary.status === 'error',
    coverage: [],
    change: '',
  }
}
