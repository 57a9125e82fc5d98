import type { FileHandle } from 'node:fs/promises'
import { crc32 } from 'node:zlib'
import { openToRead } from '../open-file.ts'
import { lineType } from '../read-event.ts'
import { splitLines } from '../read-events.ts'
import { readError } from '../store-error.ts'
import type { LogMark } from './score-index.ts'

/** How much of the end of a log is looked at to tell whether it has changed. */
const TAIL_BYTES = 4096
/** A log that has grown by more than this has grown by rows. */
const MOST_GROWTH = 1024 * 1024

/** What may come after the rows without changing anything of them. */
const idleTypes: ReadonlySet<string> = new Set(['experiment-finished', 'problem'])

/**
 * The state that a log is in.
 * @throws LlmobsExpError `E_STORE_READ`
 */
export function markLog(eventsFile: string): Promise<LogMark> {
  return withFile(eventsFile, async (file) => {
    const { size, mtimeMs } = await file.stat()
    return { size, changedAt: mtimeMs, tail: await tailOf(file, size) }
  })
}

/**
 * Whether what was made of a log still holds: it is as it was, or has only come to its end since.
 * @throws LlmobsExpError `E_STORE_READ`
 */
export function isCurrent(then: LogMark, now: LogMark, eventsFile: string): Promise<boolean> {
  if (then.size === now.size) return Promise.resolve(then.changedAt === now.changedAt && then.tail === now.tail)
  const growth = now.size - then.size
  if (growth < 0 || growth > MOST_GROWTH) return Promise.resolve(false)
  return withFile(eventsFile, async (file) => {
    if ((await tailOf(file, then.size)) !== then.tail) return false
    const grown = await readBytes(file, then.size, growth)
    if (grown.at(-1) !== 0x0a) return false
    return splitLines(grown).every(({ bytes }) => idleTypes.has(lineType(bytes)))
  })
}

async function withFile<T>(path: string, use: (file: FileHandle) => Promise<T>): Promise<T> {
  try {
    const file = await openToRead(path)
    try {
      return await use(file)
    } finally {
      await file.close()
    }
  } catch (error) {
    throw readError(path, error)
  }
}

async function tailOf(file: FileHandle, size: number): Promise<number> {
  const length = Math.min(size, TAIL_BYTES)
  return crc32(await readBytes(file, size - length, length))
}

async function readBytes(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, position)
  return buffer.subarray(0, bytesRead)
}
