import type { ComparedExperiment, Comparison, Pairing, SummaryComparison } from '../../../model/comparison.ts'
import { sanitizeLine } from '../../../terminal/sanitize.ts'
import { excerpt } from '../../../terminal/wrap.ts'
import { formatSummaryValue } from '../label-value.ts'
import { formatCount, formatNumber } from '../number.ts'
import type { Style } from '../style.ts'
import { renderLabels } from './labels.ts'
import { renderRecords } from './records.ts'

const MAX_LINES = 4
const MAX_KEYS = 5
const MAX_SUMMARIES = 20

/** Two experiments beside each other, for people: the verdicts, then records that changed sides, then what was not compared. */
export function renderComparison(comparison: Comparison, style: Style): string {
  const parts = [
    renderHead(comparison, style),
    renderLabels(comparison, style),
    renderSummaries(comparison.summaries, style),
    renderRecords(comparison, style),
    renderPairing(comparison, style),
  ]
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`
}

function renderHead({ baseline, candidate, pairing }: Comparison, style: Style): string {
  const { colors, columns } = style
  const title = `${nameOf(candidate)} compared with ${describeBaseline(baseline, candidate)}`
  const lines = excerpt(`${title}: ${formatCount(pairing.paired, 'record')} paired`, { columns, lines: MAX_LINES })
  const unfinished = [
    ...(baseline.isComplete ? [] : ['the baseline did not come to its end']),
    ...(candidate.isComplete ? [] : ['the candidate did not come to its end']),
  ]
  return [...lines.map(colors.bold), ...unfinished.map((text) => colors.yellow(`  ${text}`))].join('\n')
}

function nameOf({ name, experimentId }: ComparedExperiment): string {
  return `${sanitizeLine(name)} ${sanitizeLine(experimentId)}`
}

/** @example 'support-triage/small 20261121t101112-a1b2c3 (latest:support-triage)' */
function describeBaseline(baseline: ComparedExperiment, candidate: ComparedExperiment): string {
  const { name, experimentId, source } = baseline
  const named = name === candidate.name ? sanitizeLine(experimentId) : nameOf(baseline)
  return source === experimentId ? named : `${named} (${sanitizeLine(source)})`
}

function renderSummaries(summaries: readonly SummaryComparison[], { colors, columns }: Style): string {
  if (summaries.length === 0) return ''
  const isOfRuns = new Set(summaries.map(({ iteration }) => iteration)).size > 1
  const lines = summaries.slice(0, MAX_SUMMARIES).flatMap(({ name, iteration, baseline, candidate }) => {
    const before = baseline === undefined ? 'not there' : formatSummaryValue(baseline)
    const after = candidate === undefined ? 'not there' : formatSummaryValue(candidate)
    const run = isOfRuns ? ` (run ${iteration})` : ''
    const text = `${sanitizeLine(name)}${run}  ${before === after ? `${after}, as before` : `${before} → ${after}`}`
    return excerpt(text, { columns: columns - 2, lines: 2 }).map((line) => `  ${line}`)
  })
  const hidden = summaries.length - MAX_SUMMARIES
  return [
    colors.bold('summary evaluators'),
    ...lines,
    ...(hidden > 0 ? [`  and ${formatNumber(hidden)} more`] : []),
  ].join('\n')
}

function renderPairing({ pairing }: Comparison, { colors, columns }: Style): string {
  const notes = notesOn(pairing)
  return notes
    .flatMap((note) => excerpt(note, { columns, lines: MAX_LINES }))
    .map(colors.dim)
    .join('\n')
}

function notesOn({ onlyInBaseline, onlyInCandidate, changed }: Pairing): string[] {
  const note = ({ count, keys }: Pairing['changed'], what: string): string[] => {
    if (count === 0) return []
    const named = keys.slice(0, MAX_KEYS).map(sanitizeLine).join(', ')
    const more = count > MAX_KEYS ? ` and ${formatNumber(count - MAX_KEYS)} more` : ''
    return [`not paired: ${formatCount(count, 'record')} ${what}: ${named}${more}`]
  }
  return [
    ...note(onlyInBaseline, 'only in the baseline'),
    ...note(onlyInCandidate, 'not in the baseline'),
    ...note(changed, 'with other content than in the baseline'),
  ]
}
