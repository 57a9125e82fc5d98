import { createStopSwitch, type StopSwitch } from '../engine/stop.ts'
import { LlmobsExpError } from '../model/errors.ts'
import type { UserModule } from '../session/executors/user-module.ts'
import { watchSignals } from './signals.ts'

type Closable = Pick<UserModule, 'close'>

/** What a signal reaches: the experiment that runs, or modules that are still loading. */
export interface Ending {
  readonly stop: StopSwitch
  /** Modules that are to be closed with the command. */
  addModule(module: Closable): void
  /** From here on the first signal leaves user code the time to end. */
  begin(): void
  /** Ends all user code and stops watching for signals. */
  close(): Promise<void>
  /** What to say of an error that came up before any task was started. */
  explain(error: unknown): unknown
}

export function createEnding(): Ending {
  const stop = createStopSwitch()
  const modules: Closable[] = []
  let hasBegun = false
  const closeModules = async (): Promise<void> => {
    await Promise.all(modules.map((module) => module.close()))
  }
  const stopWatching = watchSignals({
    first(signal) {
      stop.stop({ kind: 'signal', signal })
      if (!hasBegun) void closeModules()
    },
    again() {
      stop.hurry()
      void closeModules()
    },
  })
  return {
    stop,
    addModule: (module) => void modules.push(module),
    begin() {
      hasBegun = true
    },
    async close() {
      await closeModules()
      stopWatching()
    },
    explain(cause) {
      if (stop.reason?.kind !== 'signal') return cause
      return new LlmobsExpError('E_USAGE', `ended by ${stop.reason.signal} before any task was started`)
    },
  }
}
