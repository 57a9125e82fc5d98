import type { NamedSummaryResult } from '../../model/events.ts'
import type { Coverage, ExperimentSummary, LabelSummary } from '../../model/summary.ts'
import type { ThresholdInfo, ThresholdResult } from '../../model/threshold.ts'
import {
  findTarget,
  type LatencyStatistic,
  type ScoreStatistic,
  type ThresholdTarget,
} from '../../model/threshold-name.ts'
import { short, tellApart } from './describe.ts'
import { meets } from './meets.ts'

type Got = Omit<ThresholdResult, 'name' | 'wanted' | 'min' | 'max'>

const MAX_LISTED_RUNS = 5

/** What a name stands for where these are the numbers of an experiment. */
export function targetIn(name: string, summary: ExperimentSummary): ThresholdTarget | undefined {
  const evaluators = new Set(summary.labels.map(({ evaluator }) => evaluator))
  const summaryEvaluators = new Set(summary.runs.flatMap(({ summaries }) => summaries.map((result) => result.name)))
  const target = findTarget(name, { evaluators: [...evaluators], summaryEvaluators: [...summaryEvaluators] })
  return target === 'ambiguous' ? { kind: 'value', name } : target
}

/** What a threshold is held against. */
export function findGot(target: ThresholdTarget | undefined, range: ThresholdInfo, summary: ExperimentSummary): Got {
  switch (target?.kind) {
    case undefined:
      return { got: 'no value' }
    case 'value': {
      const label = findLabel(target.name, summary)
      if (label !== undefined) return gotOfLabel(label, range)
      return gotOfRuns(target.name, range, summary)
    }
    case 'score': {
      const label = findLabel(target.label, summary)
      return label === undefined ? { got: 'no value' } : gotOfStatistic(label, target.statistic, range)
    }
    case 'error-rate':
      return gotOfErrors(range, summary)
    case 'latency':
      return gotOfLatency(target.statistic, range, summary)
  }
}

function findLabel(name: string, { labels }: ExperimentSummary): LabelSummary | undefined {
  return labels.find(({ label }) => label === name)
}

function gotOfLabel(label: LabelSummary, range: ThresholdInfo): Got {
  if (label.type !== 'boolean' && label.type !== 'score') return gotWithout(label, 'mean')
  const value = label.type === 'boolean' ? label.passRate : label.mean
  const { interval, scored: n } = label
  const { low, high, rough } = interval
  const about = `95 % interval ${short(low)} to ${short(high)}${rough ? ', rough' : ''}`
  const coverage = coverageOf(label)
  return { got: `${tellApart(value, range)} (${about}, ${describeCoverage(coverage)})`, value, interval, n, coverage }
}

function gotOfStatistic(label: LabelSummary, statistic: ScoreStatistic, range: ThresholdInfo): Got {
  if (label.type !== 'score') return gotWithout(label, statistic)
  const value = label[statistic]
  const coverage = coverageOf(label)
  return { got: `${tellApart(value, range)} (${describeCoverage(coverage)})`, value, n: label.scored, coverage }
}

function gotWithout(label: LabelSummary, what: string): Got {
  const coverage = coverageOf(label)
  const why = {
    none: 'no value',
    mixed: 'values of several types',
    categorical: `categorical values, which have no ${what}`,
    json: `json values, which have no ${what}`,
    boolean: `boolean values, which have no ${what}`,
    score: `scores, which have no ${what}`,
  }
  return { got: `${why[label.type]} (${describeCoverage(coverage)})`, n: label.scored, coverage }
}

function gotOfErrors(range: ThresholdInfo, { rows, rowsWithErrors, quarantinedRows = 0 }: ExperimentSummary): Got {
  const n = Object.values(rows).reduce((sum, count) => sum + count, 0) - quarantinedRows
  if (n === 0) return { got: 'no rows', n }
  const value = rowsWithErrors / n
  return { got: `${tellApart(value, range)} (${rowsWithErrors} of ${n} rows)`, value, n }
}

function gotOfLatency(statistic: LatencyStatistic, range: ThresholdInfo, summary: ExperimentSummary): Got {
  const { rows, taskLatency } = summary
  const n = rows.ok + rows.error + rows.timeout
  if (taskLatency === undefined) return { got: 'no latency', n }
  const value = taskLatency[statistic]
  return { got: `${tellApart(value, range)} ms (${n} rows)`, value, n }
}

function gotOfRuns(name: string, range: ThresholdInfo, { runs }: ExperimentSummary): Got {
  const results = runs.map(({ iteration, summaries }) => {
    const result = summaries.find((candidate) => candidate.name === name)
    return { iteration, result, value: result === undefined ? undefined : numberOf(result) }
  })
  const missed = results.filter(({ value }) => value === undefined || !meets(value, range))
  const told = missed.length > 0 ? missed : results
  const value = told[0]?.value
  const texts = told.map((one) => {
    const got = one.value === undefined ? whyNoNumber(one.result) : tellApart(one.value, range)
    return runs.length === 1 ? got : `run ${one.iteration}: ${got}`
  })
  const more = texts.length > MAX_LISTED_RUNS ? `, and ${texts.length - MAX_LISTED_RUNS} more` : ''
  const got = texts.length === 0 ? 'no value' : `${texts.slice(0, MAX_LISTED_RUNS).join(', ')}${more}`
  return { got, ...(value === undefined ? {} : { value }) }
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

function coverageOf({ scored, errored, skipped, quarantined }: Coverage): Coverage {
  return { scored, errored, skipped, ...(quarantined === undefined ? {} : { quarantined }) }
}

function describeCoverage({ scored, errored, skipped, quarantined }: Coverage): string {
  return `${scored} scored, ${errored} errored, ${skipped} skipped${quarantined === undefined ? '' : `, ${quarantined} quarantined`}`
}
