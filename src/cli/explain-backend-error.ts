import { BackendError } from '../model/backend.ts'
import { LlmobsExpError } from '../model/errors.ts'

/** What to say of a failure at a backend that leaves a command with nothing to do. Other errors stay what they are. */
export function explainBackendError(error: unknown): unknown {
  if (!(error instanceof BackendError)) return error
  const { kind } = error.failure
  if (kind === 'unreachable' || kind === 'limited') {
    return new LlmobsExpError('E_BACKEND_UNREACHABLE', error.message, { hint: 'try again later', cause: error })
  }
  return new LlmobsExpError('E_BACKEND_REFUSED', error.message, { cause: error })
}
