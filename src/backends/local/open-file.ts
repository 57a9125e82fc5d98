import { openSync } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { errnoOf } from './store-error.ts'

/** Milliseconds between two attempts, and how many there are: more where nobody waits. */
const PAUSE = 10
const ATTEMPTS = 500
const ATTEMPTS_AT_ONCE = 100

// User code may have all the files open, for a moment, that this process may have. That is no reason to end its experiment.

/** Opens a file for reading. */
export async function openToRead(path: string): Promise<FileHandle> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await open(path, 'r')
    } catch (error) {
      if (!isOutOfFiles(error) || attempt >= ATTEMPTS) throw error
      await new Promise((resolve) => setTimeout(resolve, PAUSE))
    }
  }
}

/** Opens a file; blocks this thread for as long as there are none left. */
export function openAtOnce(path: string, flags: string, mode?: number): number {
  for (let attempt = 1; ; attempt++) {
    try {
      return openSync(path, flags, mode)
    } catch (error) {
      if (!isOutOfFiles(error) || attempt >= ATTEMPTS_AT_ONCE) throw error
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PAUSE)
    }
  }
}

function isOutOfFiles(error: unknown): boolean {
  return ['EMFILE', 'ENFILE'].includes(errnoOf(error))
}
