import { statSync, truncateSync } from 'node:fs'
import type { RunEvent } from '../../model/events.ts'
import { type EventLog, openEventLog } from './event-log.ts'
import type { ExperimentFiles } from './layout.ts'
import { type LockState, readLock } from './lock.ts'
import { takeLock } from './lock-file.ts'
import { type Manifest, writeManifest } from './manifest.ts'
import { createRowReader } from './row-reader.ts'
import { finishExperiment, type LockOwner, leaveExperiment, type StoredExperiment, unlock } from './store.ts'
import { writeError } from './store-error.ts'

/** A lock is made and filled at once: one that says nothing after so many milliseconds is what a power failure has left. */
const FILLED_AFTER = 60_000

export interface ClaimOptions {
  readonly owner: LockOwner
  /** Whether the process that a lock names is known to be gone. */
  readonly isGone: (lock: LockState) => boolean
  /** Epoch milliseconds. */
  readonly now: number
}

/** A stored experiment that nobody else may write. */
export interface ClaimedExperiment {
  readonly files: ExperimentFiles
  /** Lets go of it, and leaves it as it is. */
  release(): void
  /** To go on with it. Nothing of it is changed before the first event is appended. */
  reopen(from: ReopenFrom): StoredExperiment
}

export interface ReopenFrom {
  /** What is in force from here on. */
  readonly manifest: Manifest
  /** Where the last whole line of its log ends: what comes after it is cut off. */
  readonly end: number
}

/**
 * Claims an experiment, also where the process that did before is gone.
 * @returns undefined while another process claims it
 * @throws LlmobsExpError `E_STORE_WRITE` or `E_STORE_READ`
 */
export function claimExperiment(files: ExperimentFiles, options: ClaimOptions): ClaimedExperiment | undefined {
  if (!takeLock(files.lock, options.owner, (path) => isAbandoned(path, options))) return undefined
  return {
    files,
    release: () => unlock(files.lock),
    reopen: (from) => reopen(files, from),
  }
}

function isAbandoned(path: string, { isGone, now }: ClaimOptions): boolean {
  const lock = readLock(path)
  if (lock.status === 'free' || isGone(lock)) return true
  const made = statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? now
  return lock.status === 'unreadable' && now - made > FILLED_AFTER
}

function reopen(files: ExperimentFiles, { manifest, end }: ReopenFrom): StoredExperiment {
  const log = createLateLog(() => {
    cutLog(files.events, end)
    // Killed from here on, it is one that has not come to its end.
    writeManifest(files.manifest, manifest)
    return openEventLog(files.events)
  })
  const leave = (): void => leaveExperiment(files, log)
  return {
    files,
    log,
    reader: createRowReader(files.events),
    finish: (finished) => finishExperiment(files, log, finished),
    leave,
    // It has results, or is one of a group that has.
    discard: leave,
  }
}

/** A log that is opened when there is something to write. */
function createLateLog(open: () => EventLog): EventLog {
  let opened: EventLog | undefined
  return {
    append(events: readonly RunEvent[]) {
      opened ??= open()
      opened.append(events)
    },
    close: () => opened?.close(),
  }
}

function cutLog(path: string, end: number): void {
  try {
    const { size } = statSync(path, { throwIfNoEntry: false }) ?? { size: 0 }
    if (size > end) truncateSync(path, end)
  } catch (error) {
    throw writeError(path, error)
  }
}
