import type { FileHandle } from 'node:fs/promises'
import { openToRead } from './open-file.ts'
import { type Line, splitLines } from './read-events.ts'
import { readError } from './store-error.ts'

/** Small, as what is done with one piece keeps the event loop from everything else. */
const CHUNK_BYTES = 64 * 1024
const LINE_FEED = 0x0a

/** Reads a file of lines that may still grow, piece by piece. A line without its line feed is left for the next time. */
export interface LineTail {
  /** The next lines, valid until the next call; undefined when there are none by now. */
  next(): Promise<TailedLines | undefined>
  close(): Promise<void>
  /** Of what has not been read yet. */
  readonly position: number
}

export interface TailedLines {
  readonly lines: readonly Line[]
  /** Position of the first of them in the file. */
  readonly start: number
}

export function createLineTail(path: string, from = 0): LineTail {
  let file: FileHandle | undefined
  let chunk = Buffer.alloc(0)
  let position = from

  const close = async (): Promise<void> => {
    const closing = file
    file = undefined
    chunk = Buffer.alloc(0)
    await closing?.close()
  }
  const read = async (): Promise<TailedLines | undefined> => {
    file ??= await openToRead(path)
    // One that a long line has made larger is let go of.
    if (chunk.length !== CHUNK_BYTES) chunk = Buffer.allocUnsafe(CHUNK_BYTES)
    for (;;) {
      const { bytesRead } = await file.read(chunk, 0, chunk.length, position)
      const end = chunk.subarray(0, bytesRead).lastIndexOf(LINE_FEED) + 1
      if (end > 0) {
        const start = position
        position += end
        return { lines: splitLines(chunk.subarray(0, end)), start }
      }
      if (bytesRead < chunk.length) return undefined
      chunk = Buffer.allocUnsafe(chunk.length * 2)
    }
  }
  return {
    async next() {
      try {
        const lines = await read()
        // Nobody knows when the next ones come.
        if (lines === undefined) await close()
        return lines
      } catch (error) {
        await close()
        throw readError(path, error)
      }
    },
    close,
    get position() {
      return position
    },
  }
}
