import type { Manifest } from '../../backends/local/manifest.ts'
import { loadScoreIndex } from '../../backends/local/score-index/load.ts'
import type { LocalStore } from '../../backends/local/store.ts'
import { scoresOfIndex } from '../../session/compare/from-index.ts'
import type { ExperimentScores } from '../../session/compare/scores.ts'

export interface StoredScoresInput {
  readonly store: LocalStore
  readonly manifest: Manifest
  /** How it was named. */
  readonly source: string
}

/**
 * What a stored experiment came to, by record.
 * @throws LlmobsExpError `E_STORE_READ` or `E_STORE_FORMAT`
 */
export async function readStoredScores({ store, manifest, source }: StoredScoresInput): Promise<ExperimentScores> {
  const { experimentId, definition, file, pulled } = manifest
  const files = store.files(experimentId)
  return scoresOfIndex({
    experimentId,
    name: definition.name,
    thresholds: definition.thresholds,
    // What was pulled was run elsewhere.
    ...(pulled === undefined ? { file } : {}),
    source,
    isComplete: isComplete(manifest),
    eventsFile: files.events,
    index: await loadScoreIndex(files),
  })
}

export function isComplete({ state }: Manifest): boolean {
  return state.status === 'finished' && state.outcome.status !== 'stopped'
}
