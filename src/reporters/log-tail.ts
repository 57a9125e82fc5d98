import { type FileHandle, open } from 'node:fs/promises'

const CHUNK = 64 * 1024
const LINE_BREAK = 0x0a

/** Reads a growing file of lines from where it last stopped. */
export interface LogTail {
  /** The whole lines that have come since, in pieces; a line without its break is left for the next time. */
  read(): AsyncGenerator<string>
  close(): Promise<void>
}

export function createLogTail(file: string): LogTail {
  let handle: FileHandle | undefined
  let buffer = Buffer.allocUnsafe(CHUNK)
  let position = 0
  return {
    async *read() {
      handle ??= await open(file, 'r')
      for (;;) {
        const { bytesRead } = await handle.read(buffer, 0, buffer.length, position)
        const end = bytesRead === 0 ? 0 : buffer.lastIndexOf(LINE_BREAK, bytesRead - 1) + 1
        if (end > 0) {
          position += end
          yield buffer.toString('utf8', 0, end)
        } else if (bytesRead === buffer.length) {
          buffer = Buffer.allocUnsafe(buffer.length * 2)
        } else {
          return
        }
      }
    },
    async close() {
      await handle?.close()
      handle = undefined
    },
  }
}
