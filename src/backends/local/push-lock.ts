import { statSync, unlinkSync, utimesSync } from 'node:fs'
import type { Clock } from '../../model/ports.ts'
import type { PushLock } from '../../model/push.ts'
import { type LockState, readLock } from './lock.ts'
import { takeLock } from './lock-file.ts'
import type { LockOwner } from './store.ts'
import { errnoOf, writeError } from './store-error.ts'

/** An owner that has not shown itself for so many milliseconds is gone, wherever it ran. */
const STALE_AFTER = 5 * 60_000

export interface PushLockOptions {
  readonly owner: LockOwner
  /** Whether the process that a lock names is known to be gone. */
  readonly isGone: (lock: LockState) => boolean
  readonly clock: Pick<Clock, 'now'>
}

/** A file that one process at a time can make. It is moved away first where its owner is gone. */
export function createPushLock(path: string, options: PushLockOptions): PushLock {
  const { owner, clock } = options
  let isHeld = false
  return {
    take() {
      isHeld ||= takeLock(path, owner, (lock) => isAbandoned(lock, options))
      return isHeld ? { status: 'taken' } : { status: 'held', owner: describeOwner(readLock(path)) }
    },
    refresh() {
      const now = clock.now() / 1000
      if (isHeld) unlessMissing(path, () => utimesSync(path, now, now))
    },
    release() {
      if (isHeld && isOwn(readLock(path), owner)) unlessMissing(path, () => unlinkSync(path))
      isHeld = false
    },
  }
}

function isAbandoned(path: string, { isGone, clock }: PushLockOptions): boolean {
  const lock = readLock(path)
  return lock.status === 'free' || isGone(lock) || clock.now() - shownAt(path, clock) > STALE_AFTER
}

function shownAt(path: string, clock: Pick<Clock, 'now'>): number {
  try {
    return statSync(path).mtimeMs
  } catch {
    return clock.now()
  }
}

function isOwn(lock: LockState, owner: LockOwner): boolean {
  return lock.status === 'held' && lock.owner.pid === owner.pid && lock.owner.host === owner.host
}

function describeOwner(lock: LockState): string {
  return lock.status === 'held' ? `process ${lock.owner.pid} on ${lock.owner.host}` : 'another process'
}

function unlessMissing(path: string, action: () => void): void {
  try {
    action()
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT') throw writeError(path, error)
  }
}
