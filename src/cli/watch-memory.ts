import type { ExperimentChanges } from '../model/changes.ts'
import { unitOf } from '../model/row.ts'
import { type ComparedExperiment, digestExperiment, failingUnits, findChanges } from '../session/changes.ts'
import type { EndedGroup } from '../session/run-group.ts'

/** Records to run again, by the name of their experiment. */
export type RecordChoice = ReadonlyMap<string, readonly string[]>

/** What `run --watch` knows of the runs before. */
export interface WatchMemory {
  /** Takes in what has ended; gives what differs from the last complete execution of each experiment, in those rows that ran. */
  learn(group: EndedGroup, scope: 'all' | 'choice'): Promise<readonly ExperimentChanges[]>
  /** Records whose rows failed when they ran last. */
  failing(): RecordChoice
}

export function createWatchMemory(): WatchMemory {
  const complete = new Map<string, ComparedExperiment>()
  const failing = new Map<string, readonly string[]>()
  return {
    async learn({ experiments }, scope) {
      const changes: ExperimentChanges[] = []
      // An experiment may be gone.
      if (scope === 'all') failing.clear()
      for (const { view, outcome, info } of experiments) {
        if (outcome.status === 'stopped') continue
        const after = await digestExperiment(view)
        const before = complete.get(info.name)
        const keys = new Set(failingUnits(after).map((unit) => unitOf(unit).key))
        if (scope === 'all') complete.set(info.name, after)
        if (keys.size > 0) failing.set(info.name, [...keys])
        else failing.delete(info.name)
        if (before !== undefined) changes.push(await findChanges(before, after, scope))
      }
      return changes
    },
    failing: () => failing,
  }
}
