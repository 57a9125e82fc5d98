import { randomUUID } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { type ExperimentFiles, experimentFiles, FILE_MODE, FOLDER_MODE, filesIn, pullsFolder } from '../layout.ts'
import { type LockState, readLock } from '../lock.ts'
import { syncFolder } from '../manifest.ts'
import { type LockOwner, prepareStore } from '../store.ts'
import { errnoOf, writeError } from '../store-error.ts'
import { emptyTrash, moveToTrash } from '../trash.ts'

/** An experiment that comes together beside the others, where nobody takes it for one of them. */
export interface StagedExperiment {
  readonly files: ExperimentFiles
  /**
   * Puts it among the others, in place of one that is there with `replace`.
   * @returns whether it was put there; without `replace` it is not where there is one
   */
  commit(experimentId: string, options: { readonly replace: boolean }): Promise<boolean>
  /** Takes away what has not been put among the others. */
  discard(): void
}

export interface StagingOptions {
  readonly owner: LockOwner
  /** Whether the process that a lock names is known to be gone. */
  readonly isGone: (lock: LockState) => boolean
}

/** @throws LlmobsExpError `E_STORE_WRITE` */
export function stageExperiment(storeFolder: string, { owner, isGone }: StagingOptions): StagedExperiment {
  const pulls = pullsFolder(storeFolder)
  const files = filesIn(join(pulls, randomUUID()))
  guard(pulls, () => {
    prepareStore(storeFolder)
    sweep(pulls, isGone)
    mkdirSync(files.folder, { recursive: true, mode: FOLDER_MODE })
    writeFileSync(files.lock, JSON.stringify(owner), { mode: FILE_MODE, flag: 'wx' })
  })
  return {
    files,
    async commit(experimentId, { replace }) {
      const { folder } = experimentFiles(storeFolder, experimentId)
      if (existsSync(folder) && !replace) return false
      rmSync(files.lock, { force: true })
      const hasReplaced = existsSync(folder) && moveToTrash(storeFolder, experimentId)
      const isThere = guard(folder, () => putThere(files.folder, folder))
      if (hasReplaced) await emptyTrash(storeFolder)
      return isThere
    },
    discard() {
      rmSync(files.folder, { recursive: true, force: true })
      removeIfEmpty(pulls)
    },
  }
}

/** Another process may have put one there a moment ago. */
function putThere(from: string, to: string): boolean {
  try {
    renameSync(from, to)
  } catch (error) {
    if (['EEXIST', 'ENOTEMPTY'].includes(errnoOf(error))) return false
    throw error
  }
  syncFolder(dirname(to))
  return true
}

/** Takes away what processes have left that are gone. */
function sweep(pulls: string, isGone: (lock: LockState) => boolean): void {
  if (!existsSync(pulls)) return
  for (const name of readdirSync(pulls)) {
    const { folder, lock } = filesIn(join(pulls, name))
    // One without a lock is just being made, or put among the others.
    const state = readLock(lock)
    if (state.status === 'held' && isGone(state)) rmSync(folder, { recursive: true, force: true })
  }
}

function removeIfEmpty(folder: string): void {
  try {
    if (readdirSync(folder).length === 0) rmSync(folder, { recursive: true, force: true })
  } catch {
    // It is no more than an empty folder.
  }
}

function guard<T>(path: string, action: () => T): T {
  try {
    return action()
  } catch (error) {
    throw writeError(path, error)
  }
}
