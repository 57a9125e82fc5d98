import type { Failure } from '../../../model/outcome.ts'
import type { ExperimentOutcome } from '../../../model/ports.ts'
import type { ExperimentSummary, LabelSummary } from '../../../model/summary.ts'
import { describeLabelComparison } from '../comparison.ts'
import { formatLabelValue, formatSummaryValue, isRough } from '../label-value.ts'
import { formatNumber } from '../number.ts'
import type { Section } from './section.ts'
import { codeCell, tableHead, tableRow } from './text.ts'

const NAME_COLUMNS = 60

/** Missed thresholds, then every number with its coverage. */
export function numberSections(experiment: ExperimentOutcome, summary: ExperimentSummary | undefined): Section[] {
  const { outcome } = experiment
  const missed = outcome.status === 'passed' ? [] : outcome.failures.flatMap(missedRow)
  return [
    ...(missed.length === 0 ? [] : [thresholdSection(missed)]),
    ...(summary === undefined || summary.labels.length === 0 ? [] : [labelSection(experiment, summary)]),
    ...summarySections(experiment, summary),
  ]
}

function thresholdSection(rows: readonly string[]): Section {
  const columns = (['threshold', 'wanted', 'got'] as const).map((name) => [name, 'left'] as const)
  return { head: `#### Thresholds missed\n\n${tableHead(columns)}`, rows, foot: '\n', others: 0, more: '' }
}

function missedRow(failure: Failure): string[] {
  if (failure.kind !== 'threshold') return []
  const { name, wanted, got } = failure
  return [tableRow([codeCell(name, NAME_COLUMNS), codeCell(wanted), codeCell(got)])]
}

function labelSection({ comparison }: ExperimentOutcome, { labels }: ExperimentSummary): Section {
  const changes = new Map(comparison?.labels.map((label) => [label.label, describeLabelComparison(label)]))
  const change = changes.size === 0 ? [] : ([['against the baseline', 'left']] as const)
  const head = tableHead([
    ['evaluator', 'left'],
    ['value [95 % interval]', 'left'],
    ['scored', 'right'],
    ['errored', 'right'],
    ['skipped', 'right'],
    ...change,
  ])
  const rows = labels.map((label) =>
    tableRow([...labelCells(label), ...(changes.size === 0 ? [] : [codeCell(changes.get(label.label) ?? '')])]),
  )
  const note = labels.some(isRough) ? '\n~ too few rows for the interval to mean much\n' : ''
  return { head: `#### Numbers\n\n${head}`, rows, foot: `${note}\n`, others: 0, more: '' }
}

function labelCells(label: LabelSummary): string[] {
  const { scored, errored, skipped } = label
  return [
    codeCell(label.label, NAME_COLUMNS),
    codeCell(scored === 0 ? '' : formatLabelValue(label)),
    ...[scored, errored, skipped].map(formatNumber),
  ]
}

function summarySections({ info }: ExperimentOutcome, summary: ExperimentSummary | undefined): Section[] {
  const results = (summary?.runs ?? []).flatMap(({ iteration, summaries }) =>
    summaries.map((result) => ({ iteration, result })),
  )
  if (results.length === 0) return []
  const rows = results.map(({ iteration, result }) =>
    tableRow([
      codeCell(result.name, NAME_COLUMNS) + (info.runs > 1 ? ` run ${iteration}` : ''),
      codeCell(formatSummaryValue(result)),
    ]),
  )
  const head = tableHead([
    ['summary evaluator', 'left'],
    ['value', 'left'],
  ])
  return [{ head, rows, foot: '\n', others: 0, more: '' }]
}
