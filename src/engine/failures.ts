import { toErrorInfo } from '../model/error-info.ts'
import { type ErrorInfo, LlmobsExpError } from '../model/errors.ts'
import type { EngineTools } from './tools.ts'

export function timeoutError(code: 'E_TASK_TIMEOUT' | 'E_EVALUATOR_TIMEOUT', what: string, timeout: number): ErrorInfo {
  const hint = code === 'E_TASK_TIMEOUT' ? 'raise --timeout' : 'raise --eval-timeout'
  return toErrorInfo(code, new LlmobsExpError(code, `${what} ran longer than its timeout of ${timeout} ms`, { hint }))
}

/** Ends the experiment at its first error, where that is asked for. */
export function raiseError(error: ErrorInfo, { plan, stop }: EngineTools): void {
  if (plan.raiseErrors) stop.stop({ kind: 'raise-errors', error })
}
