import type { RunSummaries } from '../../backends/local/score-index/score-index.ts'
import type { Comparison, SummaryComparison } from '../../model/comparison.ts'
import type { NamedSummaryResult } from '../../model/events.ts'
import { compareLabels, compareLatency, type DirectionOf } from './compare-labels.ts'
import { findFlips } from './flips.ts'
import { pairRecords } from './pair.ts'
import type { ExperimentScores } from './scores.ts'

/** Compares two experiments by the records that both have, each record's runs averaged first. */
export async function compareScores(
  baseline: ExperimentScores,
  candidate: ExperimentScores,
  directionOf: DirectionOf,
): Promise<Comparison> {
  const { pairs, pairing } = pairRecords(baseline, candidate)
  const latency = compareLatency(baseline, candidate, pairs)
  return {
    baseline: baseline.experiment,
    candidate: candidate.experiment,
    pairing,
    labels: compareLabels(baseline, candidate, { pairs, directionOf }),
    ...(latency === undefined ? {} : { latency }),
    summaries: compareSummaries(baseline.summaries, candidate.summaries),
    ...(await findFlips(baseline, candidate, pairs)),
  }
}

/** Side by side: by run and name, those of the candidate first. */
function compareSummaries(baseline: readonly RunSummaries[], candidate: readonly RunSummaries[]): SummaryComparison[] {
  const found = new Map<string, SummaryComparison>()
  for (const [side, runs] of [['candidate', candidate] as const, ['baseline', baseline] as const]) {
    for (const { iteration, results } of runs) {
      for (const result of results) {
        const id = `${iteration}/${result.name}`
        const known = found.get(id) ?? { name: result.name, iteration }
        found.set(id, withSide(known, side, result))
      }
    }
  }
  return [...found.values()]
}

function withSide(
  known: SummaryComparison,
  side: 'baseline' | 'candidate',
  result: NamedSummaryResult,
): SummaryComparison {
  return side === 'baseline' ? { ...known, baseline: result } : { ...known, candidate: result }
}
