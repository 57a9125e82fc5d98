import type { Ending } from '../cli/ending.ts'
import { createOpenModules, LONGEST_END } from '../cli/open-modules.ts'
import { createStopSwitch } from '../engine/stop.ts'
import { toErrorInfo } from '../model/error-info.ts'
import { LlmobsExpError } from '../model/errors.ts'
import type { EndReason } from '../model/outcome.ts'

/** What ends a run from outside, as the command line has it for signals: here it is a signal of the caller's. */
export function createRunEnding(signal: AbortSignal | undefined): Ending {
  const stop = createStopSwitch()
  const modules = createOpenModules(stop)
  let patience: NodeJS.Timeout | undefined
  const end = (reason: EndReason): void => {
    modules.end(reason)
    patience = setTimeout(() => {
      stop.hurry()
      void modules.closeAll()
    }, LONGEST_END)
  }
  const abort = (): void => end({ kind: 'brake', error: toErrorInfo('E_ABORTED', aborted(signal)) })
  if (signal?.aborted === true) abort()
  else signal?.addEventListener('abort', abort)
  return {
    stop,
    addModule: modules.add,
    begin: modules.begin,
    outdate: (message) => end({ kind: 'out-of-date', message }),
    async close() {
      clearTimeout(patience)
      signal?.removeEventListener('abort', abort)
      await modules.close()
    },
    explain: (cause) => (stop.reason === undefined ? cause : aborted(signal)),
  }
}

function aborted(signal: AbortSignal | undefined): LlmobsExpError {
  const reason: unknown = signal?.reason
  const why = reason instanceof Error && reason.name !== 'AbortError' ? `: ${reason.message}` : ''
  return new LlmobsExpError('E_ABORTED', `the run was aborted${why}`, { cause: reason })
}
