import type { LabelChange, SummaryChange } from '../../model/changes.ts'
import type { NamedSummaryResult } from '../../model/events.ts'
import type { ExperimentSummary, LabelSummary } from '../../model/summary.ts'
import type { Flips } from './compare-rows.ts'

/** Labels whose numbers differ, those of the later experiment first and in its order. */
export function compareLabels(
  before: readonly LabelSummary[],
  after: readonly LabelSummary[],
  flips: ReadonlyMap<string, Flips>,
): LabelChange[] {
  return pairUp(before, after, ({ label }) => label).flatMap(([label, pair]): LabelChange[] => {
    const { fixed, broken } = flips.get(label) ?? { fixed: 0, broken: 0 }
    const isSame = pair.before !== undefined && pair.after !== undefined && areAlike(pair.before, pair.after)
    return isSame && fixed + broken === 0 ? [] : [{ label, ...pair, fixed, broken }]
  })
}

/** Summary evaluators whose results differ. Of several runs there is no one result to compare. */
export function compareSummaries(before: ExperimentSummary, after: ExperimentSummary): SummaryChange[] {
  const [old, ...olds] = before.runs
  const [current, ...currents] = after.runs
  if (old === undefined || current === undefined || olds.length + currents.length > 0) return []
  return pairUp(old.summaries, current.summaries, ({ name }) => name).flatMap(([name, pair]): SummaryChange[] => {
    const isSame = pair.before !== undefined && pair.after !== undefined && areResultsAlike(pair.before, pair.after)
    return isSame ? [] : [{ name, ...pair }]
  })
}

interface Pair<T> {
  readonly before?: T
  readonly after?: T
}

function pairUp<T>(before: readonly T[], after: readonly T[], nameOf: (item: T) => string): [string, Pair<T>][] {
  const old = new Map(before.map((item) => [nameOf(item), item]))
  const current = new Map(after.map((item) => [nameOf(item), item]))
  return [...new Set([...current.keys(), ...old.keys()])].map((name) => {
    const [left, right] = [old.get(name), current.get(name)]
    return [name, { ...(left === undefined ? {} : { before: left }), ...(right === undefined ? {} : { after: right }) }]
  })
}

function areAlike(before: LabelSummary, after: LabelSummary): boolean {
  const isCoveredAlike =
    before.scored === after.scored && before.errored === after.errored && before.skipped === after.skipped
  return isCoveredAlike && haveSameValues(before, after)
}

function haveSameValues(before: LabelSummary, after: LabelSummary): boolean {
  if (before.type === 'boolean' && after.type === 'boolean') return areNumbersAlike(before.passRate, after.passRate)
  if (before.type === 'score' && after.type === 'score') return areNumbersAlike(before.mean, after.mean)
  if (before.type === 'categorical' && after.type === 'categorical') {
    // The most frequent stand first; of equally frequent ones whichever came first.
    const old = new Map(before.counts.map(({ value, count }) => [value, count]))
    return old.size === after.counts.length && after.counts.every(({ value, count }) => old.get(value) === count)
  }
  return before.type === after.type
}

function areResultsAlike(before: NamedSummaryResult, after: NamedSummaryResult): boolean {
  if (before.status === 'error' || after.status === 'error') return before.status === after.status
  if (before.type === 'score' && after.type === 'score') return areNumbersAlike(before.value, after.value)
  return before.type === after.type && before.value === after.value
}

/** The last bits of a mean depend on the order in which rows finished. */
function areNumbersAlike(before: number, after: number): boolean {
  if (Number.isNaN(before) || Number.isNaN(after)) return Number.isNaN(before) && Number.isNaN(after)
  return Math.abs(before - after) <= 1e-12 * Math.max(1, Math.abs(before), Math.abs(after))
}
