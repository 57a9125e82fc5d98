import process from 'node:process'
import { createStopSwitch, type StopSwitch } from '../engine/stop.ts'
import { LlmobsExpError } from '../model/errors.ts'
import type { EndReason, Signal } from '../model/outcome.ts'
import type { UserModule } from '../session/executors/user-module.ts'
import { ENDED_EARLY } from './exit-code.ts'
import { watchSignals } from './signals.ts'

type Closable = Pick<UserModule, 'close'>

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

/** Milliseconds after the first signal from which on it is as if there had been a second one. */
const LONGEST_END = 6_700

/** `beforeDeath` is called when nothing else will be: the process kills itself after it. */
export function createEnding(beforeDeath: () => void = () => {}): Ending {
  const stop = createStopSwitch()
  const modules: Closable[] = []
  let hasBegun = false
  let isClosed = false
  const closeModules = async (): Promise<void> => {
    await Promise.all(modules.map((module) => module.close()))
  }
  const end = (reason: EndReason): void => {
    stop.stop(reason)
    if (!hasBegun) void closeModules()
  }
  let patience: NodeJS.Timeout | undefined
  const endAtOnce = (signal: Signal): void => {
    stop.hurry()
    void closeModules()
    setTimeout(() => dieOf(signal), LAST_MOMENT).unref()
  }
  const stopWatching = watchSignals({
    first(signal) {
      end({ kind: 'signal', signal })
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
    addModule(module) {
      modules.push(module)
      if (isClosed || (stop.reason !== undefined && !hasBegun)) void module.close()
    },
    begin() {
      hasBegun = true
      // Stands unless the command comes to an end of its own: a loop that drains must not look like success.
      process.exitCode = ENDED_EARLY
    },
    outdate: (message) => end({ kind: 'out-of-date', message }),
    async close() {
      isClosed = true
      await closeModules()
      clearTimeout(patience)
      stopWatching()
    },
    explain(cause) {
      if (stop.reason?.kind !== 'signal') return cause
      return new LlmobsExpError('E_USAGE', `ended by ${stop.reason.signal} before any task was started`)
    },
  }
}
