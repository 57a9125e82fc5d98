import process from 'node:process'
import { isMainThread } from 'node:worker_threads'

/** Ctrl-C while this process waits for another one, which it reaches as well. */
export interface HeldInterrupt {
  /** Lets it end this process, unless somebody else has caught it. */
  release(wasInterrupted: boolean): void
}

/**
 * Keeps Ctrl-C from ending this process before the one that it waits for has come to its end. A blocked thread runs no handler:
 * one that is there anyway runs when the wait is over, as ever, and then nothing is held.
 */
export function holdInterrupt(): HeldInterrupt {
  if (!isMainThread || process.listenerCount('SIGINT') > 0 || isInteractive()) return { release() {} }
  const raise = (): void => {
    process.off('SIGINT', raise)
    process.kill(process.pid, 'SIGINT')
  }
  process.on('SIGINT', raise)
  return {
    release(wasInterrupted) {
      if (wasInterrupted) raise()
      // One that has come to this process alone is heard in the next turn of the event loop.
      else setImmediate(() => process.off('SIGINT', raise))
    },
  }
}

/** Node's own prompt ends what was typed, and goes on. */
function isInteractive(): boolean {
  if (process.argv[1] !== undefined) return false
  const repl: unknown = Reflect.get(process.getBuiltinModule('node:repl'), 'repl')
  return repl !== undefined
}
