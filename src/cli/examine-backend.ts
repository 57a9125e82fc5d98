import { createDatadogBackend } from '../backends/datadog/backend.ts'
import type { DatadogSettings } from '../backends/datadog/settings.ts'
import { BackendError } from '../model/backend.ts'
import { type CheckedBackend, checkBackend } from './check-backend.ts'
import type { CommandContext } from './command-context.ts'

export type ExaminedBackend =
  | { readonly status: 'ready'; readonly mayWrite: boolean }
  | Extract<CheckedBackend, { readonly status: 'unreachable' }>

/**
 * Whether the backend is there, and what the keys may do. Sends no data.
 * @throws LlmobsExpError `E_BACKEND_REFUSED`
 */
export async function examineBackend(
  settings: DatadogSettings,
  { clock, signal }: Pick<CommandContext, 'clock'> & { readonly signal: AbortSignal },
): Promise<ExaminedBackend> {
  const backend = createDatadogBackend(settings, { clock })
  try {
    const checked = await checkBackend(backend, { signal })
    return checked.status === 'ready' ? { status: 'ready', mayWrite: await backend.mayWrite(signal) } : checked
  } catch (error) {
    if (!(error instanceof BackendError)) throw error
    return { status: 'unreachable', reason: error.message }
  } finally {
    await backend.close()
  }
}
