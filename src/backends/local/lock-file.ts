import { randomUUID } from 'node:crypto'
import { closeSync, constants, copyFileSync, fsyncSync, openSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { FILE_MODE } from './layout.ts'
import type { LockOwner } from './store.ts'
import { errnoOf, writeError } from './store-error.ts'

const ATTEMPTS = 3

/**
 * Makes a lock, a file that one process at a time can make; one that is abandoned is moved away first.
 * @returns whether it is this process's now
 * @throws LlmobsExpError `E_STORE_WRITE`
 */
export function takeLock(path: string, owner: LockOwner, isAbandoned: (path: string) => boolean): boolean {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    if (makeLock(path, owner)) return true
    if (!isAbandoned(path)) return false
    moveAway(path, isAbandoned)
  }
  return false
}

function makeLock(path: string, owner: LockOwner): boolean {
  try {
    writeLock(path, owner)
    return true
  } catch (error) {
    if (errnoOf(error) === 'EEXIST') return false
    throw writeError(path, error)
  }
}

/** Synced: a lock that says nothing after a power failure would keep everybody out. */
export function writeLock(path: string, owner: LockOwner): void {
  const fd = openSync(path, 'wx', FILE_MODE)
  try {
    writeFileSync(fd, JSON.stringify(owner))
    fsyncSync(fd)
  } finally {
    closeSync(fd)
  }
}

function moveAway(path: string, isAbandoned: (path: string) => boolean): void {
  const aside = `${path}.${randomUUID()}`
  try {
    renameSync(path, aside)
    // Somebody else may have been quicker, and what was moved is theirs.
    if (!isAbandoned(aside)) copyFileSync(aside, path, constants.COPYFILE_EXCL)
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT' && errnoOf(error) !== 'EEXIST') throw writeError(path, error)
  } finally {
    rmSync(aside, { force: true })
  }
}
