import type { FileHandle } from 'node:fs/promises'

/** Text of larger ones is kept where only a full garbage collection looks. */
export const CHUNK_BYTES = 64 * 1024

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
