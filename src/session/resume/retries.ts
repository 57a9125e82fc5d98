import type { ErrorInfo } from '../../model/errors.ts'

/** What is tried again beside what is missing. */
export interface RetryFlags {
  /** Tasks that failed or ran out of time, evaluators and summary evaluators that did. */
  readonly retryErrors: boolean
  /** Rows that were given up because the process ended with them again and again. */
  readonly retryPoison: boolean
}

type Result = { readonly status: string; readonly error?: ErrorInfo }

interface RowResults {
  readonly task: Result
  readonly evaluations: readonly Result[]
}

/** What of a row is run again; `undefined` when all of it stays. */
export function retryOf({ task, evaluations }: RowResults, flags: RetryFlags): 'task' | 'evaluators' | undefined {
  if (isRetried(task, flags)) return 'task'
  return evaluations.some((evaluation) => isRetried(evaluation, flags)) ? 'evaluators' : undefined
}

export function isRetried({ error }: Result, { retryErrors, retryPoison }: RetryFlags): boolean {
  if (error === undefined) return false
  return error.code === 'E_TASK_CRASHED' ? retryPoison : retryErrors
}
