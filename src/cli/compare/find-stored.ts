import { readEntry } from '../../backends/local/entries.ts'
import type { Manifest, ManifestOptions } from '../../backends/local/manifest.ts'
import type { LocalStore } from '../../backends/local/store.ts'
import { isComplete } from './stored-scores.ts'

/** The newest complete experiment that satisfies a condition, of what was run here. */
export async function findNewest(
  store: LocalStore,
  isWanted: (manifest: Manifest) => boolean,
): Promise<Manifest | undefined> {
  for (const id of store.ids()) {
    const entry = await readEntry(store, id)
    if (entry?.status !== 'readable') continue
    const { manifest } = entry
    if (manifest.pulled === undefined && isComplete(manifest) && isWanted(manifest)) return manifest
  }
  return undefined
}

/** Whether it was found to be worse than its own baseline: as the next one it would make that the measure. */
export function hasRegressed({ state }: Manifest): boolean {
  if (state.status !== 'finished' || state.outcome.status === 'passed') return false
  return state.outcome.failures.some(({ kind }) => kind === 'regression' || kind === 'not-compared')
}

/** Which records of the dataset an experiment takes. */
export type Selection = Pick<ManifestOptions, 'filters' | 'records' | 'sampleSize' | 'sampleSeed'>

/** Whether an experiment is a fair baseline by the records it took: all of them, or the very same choice. */
export function tookEnough({ options }: Manifest, selection: Selection): boolean {
  const taken = textOf(options)
  return taken === textOf({ filters: [], records: [] }) || taken === textOf(selection)
}

function textOf({ filters, records, sampleSize, sampleSeed }: Selection): string {
  return JSON.stringify({ filters, records, sampleSize, sampleSeed })
}
