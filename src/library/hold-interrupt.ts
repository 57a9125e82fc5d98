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
  if (!isMainThread || isInteractive()) return { release() {} }
  // A script that comes to its end here lives until its handlers have heard of it.
  if (process.listenerCount('SIGINT') > 0) return { release: () => onceSignalsAreHeard(() => {}) }
  const raise = (): void => {
    process.off('SIGINT', raise)
    process.kill(process.pid, 'SIGINT')
  }
  process.on('SIGINT', raise)
  return {
    release(wasInterrupted) {
      if (wasInterrupted) raise()
      // One that has come to this process alone is only heard now.
      else onceSignalsAreHeard(() => process.off('SIGINT', raise))
    },
  }
}

/** Signals are heard once a turn of the event loop: in this one that may be over. */
function onceSignalsAreHeard(action: () => void): void {
  setImmediate(() => setImmediate(action))
}

/** Node's own prompt ends what was typed, and goes on. */
function isInteractive(): boolean {
  if (process.argv[1] !== undefined) return false
  const repl: unknown = Reflect.get(process.getBuiltinModule('node:repl'), 'repl')
  return repl !== undefined
}
