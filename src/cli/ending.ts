import process from 'node:process'
import { createStopSwitch, type StopSwitch } from '../engine/stop.ts'
import { LlmobsExpError } from '../model/errors.ts'
import type { Signal } from '../model/outcome.ts'
import { ENDED_EARLY } from './exit-code.ts'
import { type Closable, createOpenModules, LONGEST_END } from './open-modules.ts'
import { watchSignals } from './signals.ts'

/** What a signal reaches: the experiment that runs, or modules that are still loading. */
export interface Ending {
  readonly stop: StopSwitch
  /** Modules that are to be closed with the command. */
  addModule(module: Closable): void
  /** From here on the first signal leaves user code the time to end. */
  begin(): void
  /** Ends the run because nobody waits for its results any more. `message` says why, such as `triage.ts changed`. */
  outdate(message: string): void
  /** Ends all user code and stops watching for signals. */
  close(): Promise<void>
  /** What to say of an error that came up before any task was started. */
  explain(error: unknown): unknown
}

/** Milliseconds that are left after the second signal. What is done is in the log already. */
const LAST_MOMENT = 200

/** `beforeDeath` is called when nothing else will be: the process kills itself after it. */
export function createEnding(beforeDeath: () => void = () => {}): Ending {
  const stop = createStopSwitch()
  const modules = createOpenModules(stop)
  let patience: NodeJS.Timeout | undefined
  const endAtOnce = (signal: Signal): void => {
    stop.hurry()
    void modules.closeAll()
    setTimeout(() => dieOf(signal), LAST_MOMENT).unref()
  }
  const stopWatching = watchSignals({
    first(signal) {
      modules.end({ kind: 'signal', signal })
      patience = setTimeout(() => endAtOnce(signal), LONGEST_END).unref()
    },
    again: endAtOnce,
  })
  // User code in a native call cannot be ended, and a thread that cannot be ended keeps its process.
  const dieOf = (signal: Signal): void => {
    stopWatching()
    beforeDeath()
    process.kill(process.pid, signal)
  }
  return {
    stop,
    addModule: modules.add,
    begin() {
      modules.begin()
      // Stands unless the command comes to an end of its own: a loop that drains must not look like success.
      process.exitCode = ENDED_EARLY
    },
    outdate: (message) => modules.end({ kind: 'out-of-date', message }),
    async close() {
      await modules.close()
      clearTimeout(patience)
      stopWatching()
    },
    explain(cause) {
      if (stop.reason?.kind !== 'signal') return cause
      return new LlmobsExpError('E_USAGE', `ended by ${stop.reason.signal} before any task was started`)
    },
  }
}
