import type { ExperimentChanges, LabelChange, RowChangeKind, SummaryChange } from '../../model/changes.ts'
import type { LabelSummary } from '../../model/summary.ts'
import { sanitizeLine } from '../../terminal/sanitize.ts'
import { displayWidth, padEnd, truncate } from '../../terminal/width.ts'
import { renderRowChange } from './changed-row.ts'
import { formatLabelValue, formatSummaryValue } from './label-value.ts'
import { formatCount, formatNumber, formatPercent } from './number.ts'
import type { Style } from './style.ts'

const NAME_COLUMNS = 24
const MAX_FIGURES = 20

type Line = readonly [name: string, text: string]

/** What differs from the execution before, for people: the numbers, then rows. One line where nothing does. */
export function renderChanges(changes: ExperimentChanges, style: Style): string {
  const { colors, columns } = style
  const name = sanitizeLine(changes.name)
  const figures = [...changes.labels.map(labelLine), ...changes.summaries.map(summaryLine)]
  const counted = describeCounts(changes)
  if (figures.length === 0 && changes.rows.length === 0) {
    return `${colors.dim(truncate(`no change in ${name}: ${counted}`, columns))}\n`
  }
  return `${[
    colors.bold(truncate(`changes in ${name}: ${counted}`, columns)),
    ...renderFigures(figures, style),
    ...kinds.flatMap((kind) => renderKind(kind, changes, style)),
  ].join('\n')}\n`
}

const kinds: readonly RowChangeKind[] = ['broken', 'fixed', 'changed', 'new', 'removed']

/** @example '2 rows broken, 1 fixed, 37 as before' */
function describeCounts({ counts }: ExperimentChanges): string {
  const parts = kinds.filter((kind) => counts[kind] > 0).map((kind) => [counts[kind], kind] as const)
  if (counts.same > 0 || parts.length === 0) return writeCounts([...parts, [counts.same, 'as before']])
  return writeCounts(parts)
}

function writeCounts(parts: readonly (readonly [number, string])[]): string {
  return parts
    .map(([count, word], index) => `${index === 0 ? formatCount(count, 'row') : formatNumber(count)} ${word}`)
    .join(', ')
}

function renderFigures(lines: readonly Line[], { columns }: Style): string[] {
  const shown = lines.slice(0, MAX_FIGURES)
  const width = Math.min(Math.max(0, ...shown.map(([name]) => displayWidth(name))), NAME_COLUMNS)
  const hidden = lines.length - shown.length
  return [
    ...shown.map(([name, text]) => truncate(`  ${padEnd(truncate(name, width), width)}  ${text}`, columns)),
    ...(hidden > 0 ? [`  and ${formatCount(hidden, 'other number')}`] : []),
  ]
}

function labelLine({ label, before, after, fixed, broken }: LabelChange): Line {
  const name = sanitizeLine(label)
  if (after === undefined) return [name, 'is gone']
  if (before === undefined) return [name, `new: ${figure(after)}`]
  const notes = [
    ...(broken > 0 ? [`${formatNumber(broken)} broken`] : []),
    ...(fixed > 0 ? [`${formatNumber(fixed)} fixed`] : []),
    ...coverageNote('errored', before, after),
    ...coverageNote('skipped', before, after),
  ]
  const change = `${transition(figure(before), figure(after))}${difference(before, after)}`
  return [name, notes.length === 0 ? change : `${change}  (${notes.join(', ')})`]
}

function coverageNote(word: 'errored' | 'skipped', before: LabelSummary, after: LabelSummary): string[] {
  return before[word] === after[word]
    ? []
    : [`${word} ${transition(formatNumber(before[word]), formatNumber(after[word]))}`]
}

function transition(before: string, after: string): string {
  return before === after ? after : `${before} → ${after}`
}

/** Without its interval: which of two intervals overlaps which says nothing here. */
function figure(label: LabelSummary): string {
  if (label.scored === 0) return '–'
  if (label.type === 'boolean') return formatPercent(label.passRate)
  return label.type === 'score' ? formatNumber(label.mean) : formatLabelValue(label)
}

function difference(before: LabelSummary, after: LabelSummary): string {
  if (before.scored === 0 || after.scored === 0) return ''
  if (before.type === 'boolean' && after.type === 'boolean') {
    const points = (after.passRate - before.passRate) * 100
    return points === 0 ? '' : `  ${signed(points, Math.abs(points) < 0.05 ? 2 : undefined)} points`
  }
  if (before.type !== 'score' || after.type !== 'score') return ''
  const change = after.mean - before.mean
  return change === 0 ? '' : `  ${signed(change, 3)}`
}

/** With one decimal unless digits are given, of which so many are kept. */
function signed(value: number, digits?: number): string {
  const size = Math.abs(value)
  const text = digits === undefined ? size.toFixed(1) : formatNumber(Number(size.toPrecision(digits)))
  return `${value < 0 ? '-' : '+'}${text}`
}

function summaryLine({ name, before, after }: SummaryChange): Line {
  const title = `${sanitizeLine(name)} (summary)`
  if (after === undefined) return [title, 'is gone']
  if (before === undefined) return [title, `new: ${formatSummaryValue(after)}`]
  const isScore = before.status === 'ok' && after.status === 'ok' && before.type === 'score' && after.type === 'score'
  const change = isScore && after.value !== before.value ? `  ${signed(after.value - before.value, 3)}` : ''
  return [title, `${transition(formatSummaryValue(before), formatSummaryValue(after))}${change}`]
}

function renderKind(kind: RowChangeKind, { rows, counts, runs }: ExperimentChanges, style: Style): string[] {
  const shown = rows.filter((row) => row.kind === kind)
  if (shown.length === 0) return []
  const { colors } = style
  const paint = {
    broken: colors.red,
    fixed: colors.green,
    changed: colors.yellow,
    new: colors.cyan,
    removed: colors.dim,
  }
  const hidden = counts[kind] - shown.length
  return [
    `  ${paint[kind](`${formatNumber(counts[kind])} ${kind}`)}`,
    ...shown.map((row) => renderRowChange(row, { ...style, withRuns: runs > 1 })),
    ...(hidden > 0 ? [colors.dim(`    and ${formatNumber(hidden)} more`)] : []),
  ]
}
