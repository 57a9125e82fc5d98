import type { RunningMean } from '../../model/progress.ts'
import type { Coverage } from '../../model/summary.ts'
import type { RunTally } from './run-tally.ts'

/** Means and pass rates so far, over all runs that have begun. */
export function runningMeans(runs: readonly RunTally[]): RunningMean[] {
  const evaluators = new Map(
    runs.flatMap((run) =>
      [...run.evaluators.values()].flatMap(({ evaluator, labels }) =>
        [...labels.keys()].map((label) => [label, evaluator] as const),
      ),
    ),
  )
  return Array.from(evaluators, ([label, evaluator]) => meanOf(label, evaluator, runs)).filter(
    ({ mean }) => !Number.isNaN(mean),
  )
}

function meanOf(label: string, evaluator: string, runs: readonly RunTally[]): RunningMean {
  let total = 0
  let isRate = false
  let coverage: Coverage = { scored: 0, errored: 0, skipped: 0 }
  for (const run of runs) {
    const counted = run.evaluators.get(evaluator)
    if (counted === undefined) continue
    const { scored, errored, skipped } = counted.coverageOf(label)
    coverage = {
      scored: coverage.scored + scored,
      errored: coverage.errored + errored,
      skipped: coverage.skipped + skipped,
    }
    const { mean, type } = counted.labels.get(label) ?? {}
    if (scored > 0) total += (mean ?? Number.NaN) * scored
    isRate ||= type === 'boolean'
  }
  return { label, mean: total / coverage.scored, isRate, ...coverage }
}
