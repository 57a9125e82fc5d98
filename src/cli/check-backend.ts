import { type Backend, BackendError } from '../model/backend.ts'
import { LlmobsExpError } from '../model/errors.ts'
import type { Problem } from '../model/events.ts'

export interface BackendCheck {
  readonly signal: AbortSignal
  /** Whether nothing may be run without it. */
  readonly isRequired: boolean
}

/** Milliseconds that the first task waits for an answer. A backend that is slow must not be what a run takes its time for. */
const PATIENCE = 2_000

/**
 * Asks the backend whether it takes the credentials, before anything is spent on results. One that does not answer is a warning.
 * @throws LlmobsExpError `E_BACKEND_REFUSED`, or `E_BACKEND_UNREACHABLE` for one that is required
 */
export async function checkBackend(
  backend: Backend,
  { signal, isRequired }: BackendCheck,
): Promise<Problem | undefined> {
  const limit = isRequired ? signal : AbortSignal.any([signal, AbortSignal.timeout(PATIENCE)])
  try {
    await backend.check(limit)
    return undefined
  } catch (error) {
    if (!(error instanceof BackendError) || signal.aborted) throw error
    const { kind } = error.failure
    if (kind !== 'unreachable' && kind !== 'limited') throw refused(error)
    if (isRequired) throw unreachable(error)
    const reason = limit.aborted ? `${backend.place} did not answer within ${PATIENCE / 1000} s` : error.message
    const message = `${reason}; the run goes on, and results are pushed when it answers`
    return { type: 'problem', severity: 'warning', code: 'W_BACKEND_UNREACHABLE', message }
  }
}

function refused(error: BackendError): LlmobsExpError {
  return new LlmobsExpError('E_BACKEND_REFUSED', error.message, {
    hint: 'correct the keys, or keep results in the local store: --no-push',
    cause: error,
  })
}

function unreachable(error: BackendError): LlmobsExpError {
  const hint = 'without --require-backend the run goes on, and results are pushed later'
  return new LlmobsExpError('E_BACKEND_UNREACHABLE', error.message, { hint, cause: error })
}
