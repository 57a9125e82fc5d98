import { BackendError } from '../../model/backend.ts'
import { LlmobsExpError } from '../../model/errors.ts'

/** A failure at Datadog as what it is to somebody who waits for the answer: there is nothing to go on with. */
export function toCommandError(error: unknown): unknown {
  if (!(error instanceof BackendError)) return error
  const { kind } = error.failure
  const isAway = kind === 'unreachable' || kind === 'limited'
  return new LlmobsExpError(isAway ? 'E_BACKEND_UNREACHABLE' : 'E_BACKEND_REFUSED', error.message, { cause: error })
}
