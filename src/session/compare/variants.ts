import type { Comparison } from '../../model/comparison.ts'
import type { ExperimentRef } from '../../model/ports.ts'
import { compareScores } from './compare.ts'
import { directionsOf } from './directions.ts'
import { type FinishedExperiment, readScores } from './with-baseline.ts'

/** One of a module's experiments, with where it stands in it. */
export interface FinishedVariant extends FinishedExperiment {
  readonly ref: ExperimentRef
}

/**
 * Holds the variants of each definition against its first one.
 * @param finished in written order; those that came to their end and have no other baseline
 * @returns comparisons by the experiment's id
 */
export async function compareVariants(finished: readonly FinishedVariant[]): Promise<ReadonlyMap<string, Comparison>> {
  const comparisons = new Map<string, Comparison>()
  const definitions = new Map<string, FinishedVariant[]>()
  for (const one of finished) {
    if (one.ref.variant === undefined) continue
    const id = `${one.ref.exportName} ${one.info.file}`
    definitions.set(id, [...(definitions.get(id) ?? []), one])
  }
  for (const [first, ...others] of definitions.values()) {
    if (first === undefined || others.length === 0) continue
    const baseline = await readScores(first)
    for (const other of others) {
      const { experimentId, thresholds } = other.info
      comparisons.set(experimentId, await compareScores(baseline, await readScores(other), directionsOf(thresholds)))
    }
  }
  return comparisons
}
