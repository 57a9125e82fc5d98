import { closeSync, openSync, readSync, writeSync } from 'node:fs'
import type { PulledRow } from '../../../model/pull.ts'
import { FILE_MODE } from '../layout.ts'
import { readError, writeError } from '../store-error.ts'

/** Where a row stands in a spool, in bytes. */
export interface SpooledRow {
  readonly start: number
  readonly length: number
}

/** Keeps rows in a file until their order is known: there may be more of them than fit into memory. */
export interface RowSpool {
  add(row: PulledRow): SpooledRow
  read(place: SpooledRow): PulledRow
  close(): void
}

const BATCH_BYTES = 1024 * 1024

/** @throws LlmobsExpError `E_STORE_WRITE`, `E_STORE_READ`; so do its methods */
export function openRowSpool(path: string): RowSpool {
  const fd = attempt(writeError, () => openSync(path, 'w+', FILE_MODE))
  let end = 0
  let waiting: Buffer[] = []
  let waitingBytes = 0
  const flush = (): void => {
    const bytes = Buffer.concat(waiting)
    for (let written = 0; written < bytes.length; ) written += writeSync(fd, bytes, written)
    waiting = []
    waitingBytes = 0
  }
  return {
    add(row) {
      const bytes = Buffer.from(JSON.stringify(row))
      const place = { start: end, length: bytes.length }
      waiting.push(bytes)
      end += bytes.length
      waitingBytes += bytes.length
      if (waitingBytes >= BATCH_BYTES) attempt(writeError, flush)
      return place
    },
    read({ start, length }) {
      if (waitingBytes > 0) attempt(writeError, flush)
      const bytes = Buffer.allocUnsafe(length)
      return attempt(readError, () => {
        for (let done = 0; done < length; ) {
          const read = readSync(fd, bytes, done, length - done, start + done)
          if (read === 0) throw new Error('it is shorter than it was')
          done += read
        }
        return JSON.parse(bytes.toString('utf8'))
      })
    },
    close: () => closeSync(fd),
  }

  function attempt<T>(explain: (path: string, cause: unknown) => Error, action: () => T): T {
    try {
      return action()
    } catch (error) {
      throw explain(path, error)
    }
  }
}
