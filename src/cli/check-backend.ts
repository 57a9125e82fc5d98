import { type Backend, BackendError } from '../model/backend.ts'
import { LlmobsExpError } from '../model/errors.ts'

export interface BackendCheck {
  readonly signal: AbortSignal
  /** Milliseconds after which it counts as unreachable; as long as its own limits let it by default. */
  readonly patience?: number
}

/** What a backend said of our credentials. `reason` has been made safe. */
export type CheckedBackend = { readonly status: 'ready' } | { readonly status: 'unreachable'; readonly reason: string }

/**
 * Asks the backend whether it takes the credentials.
 * @throws LlmobsExpError `E_BACKEND_REFUSED`
 */
export async function checkBackend(backend: Backend, { signal, patience }: BackendCheck): Promise<CheckedBackend> {
  const limit = patience === undefined ? signal : AbortSignal.any([signal, AbortSignal.timeout(patience)])
  try {
    await backend.check(limit)
    return { status: 'ready' }
  } catch (error) {
    if (!(error instanceof BackendError) || signal.aborted) throw error
    const { kind } = error.failure
    if (kind !== 'unreachable' && kind !== 'limited') throw refused(error)
    const isLate = patience !== undefined && limit.aborted
    return {
      status: 'unreachable',
      reason: isLate ? `${backend.place} did not answer within ${patience / 1000} s` : error.message,
    }
  }
}

function refused(error: BackendError): LlmobsExpError {
  return new LlmobsExpError('E_BACKEND_REFUSED', error.message, {
    hint: 'correct the keys, or keep results in the local store: --no-push',
    cause: error,
  })
}
