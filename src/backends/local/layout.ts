import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** Names inside the local store. `docs/store.md` documents them. */
const STORE_FOLDER = '.llmobs-exp'
export const EXPERIMENTS_FOLDER = 'experiments'

/** Only the owner may look into the store: it holds the user's data. */
export const FOLDER_MODE = 0o700
export const FILE_MODE = 0o600

export interface ExperimentFiles {
  readonly folder: string
  readonly manifest: string
  readonly events: string
  readonly lock: string
  readonly push: string
  readonly pushLock: string
  /** How it did beside its baseline, where it has one. */
  readonly comparison: string
  /** Made of the log when it is first needed. */
  readonly scores: string
}

export function experimentFiles(storeFolder: string, experimentId: string): ExperimentFiles {
  return filesIn(join(storeFolder, EXPERIMENTS_FOLDER, experimentId))
}

/** The same of an experiment whose folder lies elsewhere. */
export function filesIn(folder: string): ExperimentFiles {
  return {
    folder,
    manifest: join(folder, 'manifest.json'),
    events: join(folder, 'events.jsonl'),
    lock: join(folder, 'lock'),
    push: join(folder, 'push.jsonl'),
    pushLock: join(folder, 'push.lock'),
    comparison: join(folder, 'comparison.json'),
    scores: join(folder, 'scores.jsonl'),
  }
}

/** Where experiments go that are being deleted. */
export function trashFolder(storeFolder: string): string {
  return join(storeFolder, 'trash')
}

/** Where experiments come together that are being pulled. */
export function pullsFolder(storeFolder: string): string {
  return join(storeFolder, 'pulls')
}

/** The store's folder when none is named: beside the nearest package.json, else in the current folder. */
export function defaultStoreFolder(currentFolder: string): string {
  for (let folder = currentFolder; ; folder = dirname(folder)) {
    if (existsSync(join(folder, 'package.json'))) return join(folder, STORE_FOLDER)
    if (folder === dirname(folder)) return join(currentFolder, STORE_FOLDER)
  }
}
