import type { Comparison, FlippedRecord } from '../../../model/comparison.ts'
import type { NamedSummaryResult } from '../../../model/events.ts'
import type { ExperimentOutcome } from '../../../model/ports.ts'
import type { Row } from '../../../model/row.ts'
import type { ExperimentSummary, LabelSummary } from '../../../model/summary.ts'
import { describeLabelComparison } from '../comparison.ts'
import { formatLabelValue, formatSummaryValue, isRough } from '../label-value.ts'
import { formatCount, formatNumber } from '../number.ts'
import { type Markup, markup } from './markup.ts'
import { box, showValue } from './row.ts'

/** Values with their coverage, and how they do beside the baseline where there is one. */
export function renderNumbers(summary: ExperimentSummary, { comparison, info }: ExperimentOutcome): Markup[] {
  const { labels, runs } = summary
  const results = runs.flatMap(({ iteration, summaries }) =>
    summaries.map((result) => summaryRow(result, info.runs > 1 ? ` · run ${iteration}` : '')),
  )
  if (labels.length + results.length === 0) return []
  const changes = new Map(comparison?.labels.map((label) => [label.label, describeLabelComparison(label)]))
  const note = labels.some(isRough) ? [markup`<p class="dim">~ too few rows for the interval to mean much</p>`] : []
  return [
    markup`<h3>Numbers</h3>`,
    table(
      [
        'evaluator',
        'value [95 % interval]',
        'scored',
        'errored',
        'skipped',
        ...(changes.size === 0 ? [] : ['against the baseline']),
      ],
      [...labels.map((label) => labelRow(label, changes)), ...results],
    ),
    ...note,
  ]
}

/** Thresholds that were missed: wanted, got. */
export function renderThresholds({ outcome }: ExperimentOutcome): Markup[] {
  const missed =
    outcome.status === 'passed' ? [] : outcome.failures.flatMap((one) => (one.kind === 'threshold' ? [one] : []))
  if (missed.length === 0) return []
  const rows = missed.map(({ name, wanted, got }) => markup`<tr><td>${name}</td><td>${wanted}</td><td>${got}</td></tr>`)
  return [markup`<h3>Thresholds missed</h3>`, table(['threshold', 'wanted', 'got'], rows)]
}

/** Records that came out otherwise than in the baseline. */
export function renderComparison({ baseline, counts, records, pairing }: Comparison): Markup[] {
  const total = counts.broken + counts.fixed + counts.stillFailing
  const hidden = total - records.length
  const counted = `${counts.broken} broken, ${counts.fixed} fixed, ${counts.stillFailing} still failing, of ${formatCount(pairing.paired, 'record')} on both sides`
  const unpaired = `${pairing.changed.count} with other content, ${pairing.onlyInBaseline.count} only in the baseline, ${pairing.onlyInCandidate.count} not in the baseline`
  return [
    markup`<h3>Against ${baseline.source}</h3><p>${counted}. Not compared: ${unpaired}.</p>`,
    ...(records.length === 0
      ? []
      : [table(['', 'record', 'input', 'expected', 'before', 'now'], records.map(flippedRow))]),
    ...(hidden > 0 ? [markup`<p class="dim">and ${formatNumber(hidden)} more</p>`] : []),
  ]
}

function table(heads: readonly string[], rows: readonly Markup[]): Markup {
  const head = heads.map((name) => markup`<th>${name}</th>`)
  return markup`<div class="wide"><table><thead><tr>${head}</tr></thead><tbody>${rows}</tbody></table></div>
`
}

function labelRow(label: LabelSummary, changes: ReadonlyMap<string, string>): Markup {
  const { scored, errored, skipped } = label
  const change = changes.size === 0 ? [] : [markup`<td>${changes.get(label.label) ?? ''}</td>`]
  const counts = [scored, errored, skipped].map((count) => markup`<td class="number">${formatNumber(count)}</td>`)
  return markup`<tr><td>${label.label}</td><td>${scored === 0 ? '–' : formatLabelValue(label)}</td>${counts}${change}</tr>`
}

function summaryRow(result: NamedSummaryResult, run: string): Markup {
  return markup`<tr><td>${result.name} (summary)${run}</td><td>${formatSummaryValue(result)}</td></tr>`
}

function flippedRow({ kind, key, baseline, candidate }: FlippedRecord): Markup {
  const record = (candidate ?? baseline)?.record
  const state = kind === 'still-failing' ? 'failed' : kind
  const values = [record?.input, record?.expectedOutput].map((json) => (json === undefined ? '' : showValue(json)))
  const cells = [...values, outputOf(baseline), outputOf(candidate)].map((text) => markup`<td>${box(text)}</td>`)
  return markup`<tr><td class="state ${state}">${kind}</td><td>${key}</td>${cells}</tr>`
}

function outputOf(row: Row | undefined): string {
  if (row?.task === undefined) return ''
  return row.task.status === 'ok' ? showValue(row.task.output) : `${row.task.status}: ${row.task.error.message}`
}
