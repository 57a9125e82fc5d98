import type { FileHandle } from 'node:fs/promises'
import { openToRead } from './open-file.ts'
import { readError } from './store-error.ts'

/** As much as a processor keeps near it while its lines are looked at. */
const BLOCK_BYTES = 256 * 1024
const LINE_FEED = 0x0a

/** Lines as they stand in a file, one behind the other. */
export interface Block {
  /** With the line feeds. Valid until the next block is asked for. */
  readonly bytes: Buffer
  /** Whether these are whole lines; else it is the beginning of one, with which the file ends. */
  readonly isTerminated: boolean
}

/**
 * All lines up to the present end of the file.
 * @throws LlmobsExpError `E_STORE_READ`
 */
export async function* readBlocks(path: string): AsyncGenerator<Block, void> {
  const file = await openForReading(path)
  try {
    const { size } = await file.stat()
    let buffer = Buffer.allocUnsafe(Math.min(BLOCK_BYTES, size))
    let held = 0
    for (let position = 0; position < size; ) {
      if (held === buffer.length) buffer = Buffer.concat([buffer], buffer.length * 2)
      const length = Math.min(buffer.length - held, size - position)
      const { bytesRead } = await file.read(buffer, held, length, position)
      if (bytesRead === 0) break
      position += bytesRead
      held += bytesRead
      const end = buffer.subarray(0, held).lastIndexOf(LINE_FEED) + 1
      if (end === 0) continue
      yield { bytes: buffer.subarray(0, end), isTerminated: true }
      buffer.copyWithin(0, end, held)
      held -= end
    }
    if (held > 0) yield { bytes: buffer.subarray(0, held), isTerminated: false }
  } catch (error) {
    throw readError(path, error)
  } finally {
    await file.close()
  }
}

async function openForReading(path: string): Promise<FileHandle> {
  try {
    return await openToRead(path)
  } catch (error) {
    throw readError(path, error)
  }
}
