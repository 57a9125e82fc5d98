import { randomUUID } from 'node:crypto'
import { mkdirSync, renameSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { sizeOfFolder } from './entries.ts'
import { experimentFiles, FOLDER_MODE, trashFolder } from './layout.ts'
import { syncFolder } from './manifest.ts'
import { errnoOf, writeError } from './store-error.ts'

/**
 * Takes an experiment out of the store in one step: whatever happens then, it is there as a whole or not at all. `emptyTrash`
 * frees its space.
 *
 * @returns whether it was there
 * @throws LlmobsExpError `E_STORE_WRITE`
 */
export function moveToTrash(storeFolder: string, experimentId: string): boolean {
  const { folder } = experimentFiles(storeFolder, experimentId)
  const trash = trashFolder(storeFolder)
  try {
    mkdirSync(trash, { recursive: true, mode: FOLDER_MODE })
    renameSync(folder, join(trash, `${experimentId}-${randomUUID()}`))
    // Else a power failure could bring it back with some of its files gone.
    syncFolder(dirname(folder))
    syncFolder(trash)
    return true
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return false
    throw writeError(folder, error)
  }
}

/**
 * Deletes what was taken out of the store, also by a command that did not come to its end.
 * @throws LlmobsExpError `E_STORE_WRITE`
 */
export async function emptyTrash(storeFolder: string): Promise<void> {
  const trash = trashFolder(storeFolder)
  try {
    await rm(trash, { recursive: true, force: true, maxRetries: 3 })
  } catch (error) {
    throw writeError(trash, error)
  }
}

/** Bytes that `emptyTrash` would free. */
export function sizeOfTrash(storeFolder: string): Promise<number> {
  return sizeOfFolder(trashFolder(storeFolder))
}
