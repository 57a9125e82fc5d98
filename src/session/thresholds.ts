import type { NamedSummaryResult } from '../model/events.ts'
import type { Failure } from '../model/outcome.ts'
import type { DefinitionInfo } from '../model/ports.ts'
import type { ExperimentSummary, Interval, LabelSummary } from '../model/summary.ts'
import { hasCondition, type ThresholdInfo, toleranceOf } from '../model/threshold.ts'

type Range = ThresholdInfo

const MAX_LISTED_RUNS = 5

/**
 * The thresholds an experiment misses: on an evaluator, its mean or pass rate over all runs; on a summary evaluator, its value
 * in every run (a boolean is 1 or 0). What has no such value misses its threshold.
 */
export function missedThresholds(thresholds: DefinitionInfo['thresholds'], summary: ExperimentSummary): Failure[] {
  return Object.entries(thresholds).flatMap(([name, range]): Failure[] => {
    const got = hasCondition(range) ? missedBy(name, range, summary) : undefined
    return got === undefined ? [] : [{ kind: 'threshold', name, wanted: describeRange(range), got }]
  })
}

/** What was got instead, or `undefined` when the threshold is met. */
function missedBy(name: string, range: Range, summary: ExperimentSummary): string | undefined {
  const label = summary.labels.find((candidate) => candidate.label === name)
  if (label !== undefined) return missedByLabel(label, range)
  const isSummary = summary.runs.some((run) => run.summaries.some((result) => result.name === name))
  return isSummary ? missedByRuns(name, range, summary) : 'no value'
}

function missedByLabel(label: LabelSummary, range: Range): string | undefined {
  const coverage = `${label.scored} scored, ${label.errored} errored, ${label.skipped} skipped`
  switch (label.type) {
    case 'boolean':
      return meets(label.passRate, range) ? undefined : describeMean(label.passRate, range, label)
    case 'score':
      return meets(label.mean, range) ? undefined : describeMean(label.mean, range, label)
    case 'none':
      return `no value (${coverage})`
    case 'mixed':
      return `values of several types (${coverage})`
    case 'categorical':
    case 'json':
      return `${label.type} values, which have no mean (${coverage})`
  }
}

function describeMean(mean: number, range: Range, label: { scored: number; interval: Interval }): string {
  const { low, high, rough } = label.interval
  const interval = `95 % interval ${short(low)} to ${short(high)}${rough ? ', rough' : ''}`
  return `${tellApart(mean, range)} (${interval}, n = ${label.scored})`
}

function missedByRuns(name: string, range: Range, summary: ExperimentSummary): string | undefined {
  const missed = summary.runs.flatMap((run) => {
    const result = run.summaries.find((candidate) => candidate.name === name)
    const value = result === undefined ? undefined : numberOf(result)
    if (value !== undefined && meets(value, range)) return []
    const got = value === undefined ? whyNoNumber(result) : tellApart(value, range)
    return [summary.runs.length === 1 ? got : `run ${run.iteration}: ${got}`]
  })
  if (missed.length === 0) return undefined
  const more = missed.length > MAX_LISTED_RUNS ? `, and ${missed.length - MAX_LISTED_RUNS} more` : ''
  return `${missed.slice(0, MAX_LISTED_RUNS).join(', ')}${more}`
}

function numberOf(result: NamedSummaryResult): number | undefined {
  if (result.status === 'error') return undefined
  if (result.type === 'score') return result.value
  return result.type === 'boolean' ? Number(result.value) : undefined
}

function whyNoNumber(result: NamedSummaryResult | undefined): string {
  if (result === undefined) return 'no value'
  return result.status === 'error' ? 'an error' : `a ${result.type} value`
}

/** The last bits of a mean depend on the order of its rows; a threshold must not. */
const ROUNDING = 1e-12

function meets(value: number, { min, max }: Range): boolean {
  const slack = ROUNDING * Math.max(1, Math.abs(value))
  return (min === undefined || value >= min - slack) && (max === undefined || value <= max + slack)
}

/** @example describeThreshold({ max: 400, tolerance: 5 }) // 'at most 400 (tolerance 5)' */
export function describeThreshold(threshold: ThresholdInfo): string {
  const { better } = threshold
  const tolerance = toleranceOf(threshold)
  const notes = [
    ...(better === undefined ? [] : [`${better} is better`]),
    ...(tolerance === 0 ? [] : [`tolerance ${tolerance}`]),
  ].join(', ')
  if (!hasCondition(threshold)) return notes === '' ? 'no condition' : notes
  return notes === '' ? describeRange(threshold) : `${describeRange(threshold)} (${notes})`
}

/** @example describeRange({ min: 0.9 }) // 'at least 0.9' */
function describeRange({ min, max }: Range): string {
  if (min === undefined) return `at most ${max}`
  return max === undefined ? `at least ${min}` : `from ${min} to ${max}`
}

function short(value: number): string {
  return String(Number(value.toPrecision(4)))
}

/** Few digits, but enough that the value does not look as if it met the threshold it misses. */
function tellApart(value: number, range: Range): string {
  for (let digits = 4; digits < 17; digits++) {
    const rounded = Number(value.toPrecision(digits))
    if (!meets(rounded, range)) return String(rounded)
  }
  return String(value)
}
