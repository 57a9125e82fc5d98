import type { FileHandle } from 'node:fs/promises'

export const CHUNK_BYTES = 256 * 1024

/** The bytes of a file from its beginning. A chunk is written over when the next is asked for. */
export async function* readChunks(handle: FileHandle, signal: AbortSignal): AsyncGenerator<Buffer, void, undefined> {
  const buffer = Buffer.allocUnsafe(CHUNK_BYTES)
  for (;;) {
    signal.throwIfAborted()
    const { bytesRead } = await handle.read(buffer, 0, CHUNK_BYTES, null)
    if (bytesRead === 0) return
    yield buffer.subarray(0, bytesRead)
  }
}
