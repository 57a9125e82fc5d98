import { closeSync, fdatasync, fdatasyncSync, writeSync } from 'node:fs'
import type { RunEvent } from '../../model/events.ts'
import { ByteBuffer } from './byte-buffer.ts'
import { eventLine } from './event-line.ts'
import { FILE_MODE } from './layout.ts'
import { openAtOnce } from './open-file.ts'
import { writeError } from './store-error.ts'

/** Sync to disk begins when so many rows or milliseconds have gathered. */
const SYNC_ROWS = 64
const SYNC_INTERVAL = 1_000

/** Appends events to one experiment's log. */
export interface EventLog {
  /**
   * Hands the events to the operating system as one write: they outlive the death of this process from here on.
   * @throws LlmobsExpError `E_STORE_WRITE`
   */
  append(events: readonly RunEvent[]): void
  /** Makes everything outlive a power failure, and closes the file. */
  close(): void
}

export function openEventLog(path: string): EventLog {
  const fd = guard(path, () => openAtOnce(path, 'a', FILE_MODE))
  const syncing = createBackgroundSync(fd)
  const lines = new ByteBuffer()
  return {
    append(events) {
      syncing.check(path)
      let rows = 0
      lines.clear()
      for (const event of events) {
        lines.add(eventLine(event))
        if (event.type === 'row-finished') rows++
      }
      guard(path, () => writeAll(fd, lines.bytes))
      syncing.wrote(rows)
    },
    close() {
      syncing.end()
      guard(path, () => {
        try {
          fdatasyncSync(fd)
        } finally {
          closeSync(fd)
        }
      })
      syncing.check(path)
    },
  }
}

/** A write can stop short, at a signal or a full disk: the rest follows, or says why it cannot. */
function writeAll(fd: number, bytes: Uint8Array): void {
  for (let position = 0; position < bytes.length; ) position += writeSync(fd, bytes, position)
}

function guard<T>(path: string, action: () => T): T {
  try {
    return action()
  } catch (error) {
    throw writeError(path, error)
  }
}

/** At most one sync is under way; the next one starts when enough has gathered. */
function createBackgroundSync(fd: number) {
  let rows = 0
  let isDirty = false
  let isSyncing = false
  let isEnded = false
  let failure: Error | undefined
  let timer: NodeJS.Timeout | undefined

  const sync = (): void => {
    clearTimeout(timer)
    timer = undefined
    if (isSyncing || !isDirty || isEnded) return
    isSyncing = true
    isDirty = false
    rows = 0
    fdatasync(fd, (error) => {
      isSyncing = false
      if (error !== null && !isEnded) failure ??= error
      if (rows >= SYNC_ROWS) sync()
    })
  }

  return {
    wrote(newRows: number) {
      isDirty = true
      rows += newRows
      if (rows >= SYNC_ROWS) sync()
      else timer ??= setTimeout(sync, SYNC_INTERVAL).unref()
    },
    /** Throws what a sync in the background failed with. */
    check(path: string) {
      if (failure !== undefined) throw writeError(path, failure)
    },
    end() {
      isEnded = true
      clearTimeout(timer)
    },
  }
}
