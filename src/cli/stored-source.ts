import type { ExperimentFiles } from '../backends/local/layout.ts'
import type { Manifest } from '../backends/local/manifest.ts'
import type { PushedRecords } from '../backends/local/push-experiment.ts'
import { openPushSource } from '../backends/local/push-source.ts'
import type { Clock } from '../model/ports.ts'
import type { PushSource } from '../model/push.ts'
import { claimOf, ownLock } from './lock-owner.ts'

export interface StoredSource {
  readonly files: ExperimentFiles
  readonly manifest: Manifest
  readonly clock: Clock
  /** Where the dataset can be read as a whole. */
  readonly records?: PushedRecords
}

/** A stored experiment as it is pushed by this process. */
export function openStoredSource(source: StoredSource): PushSource {
  return openPushSource({ ...source, owner: ownLock(), isGone: (lock) => claimOf(lock) === 'none' })
}
