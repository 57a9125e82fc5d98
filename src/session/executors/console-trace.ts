import { AsyncLocalStorage } from 'node:async_hooks'
import type { ConsoleSource } from '../../model/ports.ts'

/** Knows which call of user code is running, also after it has waited. Makes promises of its thread dearer: for `--debug` only. */
export interface ConsoleTrace {
  /** Runs the first, synchronous part of a call. */
  enter<T>(source: ConsoleSource, action: () => T): T
  /** The call that is running at this moment; undefined for code that belongs to none. */
  current(): ConsoleSource | undefined
}

export function createConsoleTrace(): ConsoleTrace {
  const storage = new AsyncLocalStorage<ConsoleSource>()
  return {
    enter: ({ what, key, iteration }, action) =>
      storage.run({ what, key, ...(iteration === undefined ? {} : { iteration }) }, action),
    current: () => storage.getStore(),
  }
}
