import { readEntry } from '../../backends/local/entries.ts'
import { findExperiment } from '../../backends/local/find-experiment.ts'
import type { ExperimentFiles } from '../../backends/local/layout.ts'
import type { Manifest } from '../../backends/local/manifest.ts'
import type { LocalStore } from '../../backends/local/store.ts'
import { selectExperiments } from '../../load/select-experiments.ts'
import { LlmobsExpError } from '../../model/errors.ts'
import type { CommandContext } from '../command-context.ts'
import { describePulled } from '../push/targets.ts'
import { warnOfPassedOver } from '../warn-passed-over.ts'

/** A stored experiment of the command that is to be gone on with. */
export interface GroupEntry {
  readonly manifest: Manifest
  readonly files: ExperimentFiles
}

export interface WantedGroup {
  readonly store: LocalStore
  /** Any experiment of it. */
  readonly wanted: string
  /** Names of those that are wanted; all where it is empty. */
  readonly only: readonly string[]
}

/**
 * All experiments of the command that an experiment was part of, in written order.
 * @throws LlmobsExpError `E_STORE_UNKNOWN`, `E_UNKNOWN_EXPERIMENT`, or `E_STORE_PULLED` for one that was never run here
 */
export async function findGroup({ store, wanted, only }: WantedGroup, context: CommandContext): Promise<GroupEntry[]> {
  const found = await findExperiment(store, wanted)
  await warnOfPassedOver(found, context)
  const { groupId, pulled } = found.manifest
  if (pulled !== undefined) {
    throw new LlmobsExpError('E_STORE_PULLED', `${found.experimentId} was ${describePulled(pulled)}`, {
      hint: 'it can be gone on with where it was run',
    })
  }
  // The group is named by its first experiment, and ids sort by time.
  const ids = found.store.ids().filter((id) => id >= groupId)
  const entries: GroupEntry[] = []
  for (const id of ids.reverse()) {
    const entry = await readEntry(found.store, id)
    if (entry?.status !== 'readable' || entry.manifest.groupId !== groupId) continue
    entries.push({ manifest: entry.manifest, files: found.store.files(id) })
  }
  const selectable = entries.map((entry) => ({ info: entry.manifest.definition, file: entry.manifest.file, entry }))
  return selectExperiments(selectable, only).map(({ entry }) => entry)
}
