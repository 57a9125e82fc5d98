import type { Ending } from '../cli/ending.ts'
import { createStopSwitch } from '../engine/stop.ts'
import { toErrorInfo } from '../model/error-info.ts'
import { LlmobsExpError } from '../model/errors.ts'
import type { EndReason } from '../model/outcome.ts'

/** Milliseconds after which nothing is waited for any more, as after a signal. */
const LONGEST_END = 6_700

/** What ends a run from outside, as the command line has it for signals: here it is a signal of the caller's. */
export function createRunEnding(signal: AbortSignal | undefined): Ending {
  const stop = createStopSwitch()
  const modules: Parameters<Ending['addModule']>[0][] = []
  let hasBegun = false
  let isClosed = false
  let patience: NodeJS.Timeout | undefined
  const closeModules = async (): Promise<void> => {
    await Promise.all(modules.map((module) => module.close()))
  }
  const end = (reason: EndReason): void => {
    stop.stop(reason)
    if (!hasBegun) void closeModules()
    patience = setTimeout(() => {
      stop.hurry()
      void closeModules()
    }, LONGEST_END)
  }
  const abort = (): void => end({ kind: 'brake', error: toErrorInfo('E_ABORTED', aborted(signal)) })
  if (signal?.aborted === true) abort()
  else signal?.addEventListener('abort', abort)
  return {
    stop,
    addModule(module) {
      modules.push(module)
      if (isClosed || (stop.reason !== undefined && !hasBegun)) void module.close()
    },
    begin() {
      hasBegun = true
    },
    outdate: (message) => end({ kind: 'out-of-date', message }),
    async close() {
      isClosed = true
      clearTimeout(patience)
      signal?.removeEventListener('abort', abort)
      await closeModules()
    },
    explain: (cause) => (stop.reason === undefined ? cause : aborted(signal)),
  }
}

function aborted(signal: AbortSignal | undefined): LlmobsExpError {
  const reason: unknown = signal?.reason
  const why = reason instanceof Error && reason.name !== 'AbortError' ? `: ${reason.message}` : ''
  return new LlmobsExpError('E_ABORTED', `the run was aborted${why}`, { cause: reason })
}
