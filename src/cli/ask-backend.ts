import type { DatadogRemote } from '../backends/datadog/remote.ts'
import { requireSettings } from '../backends/datadog/required-settings.ts'
import type { DatadogSettings } from '../backends/datadog/settings.ts'
import type { CommandContext } from './command-context.ts'

export interface AskedBackend {
  readonly remote: DatadogRemote
  readonly settings: DatadogSettings
}

/**
 * Asks a backend something, and lets go of it.
 *
 * @param asker what needs it, for people
 * @throws LlmobsExpError `E_BACKEND_SETTINGS` where none is set up; `E_BACKEND_REFUSED` or `E_BACKEND_UNREACHABLE`
 */
export async function askBackend<T>(
  asker: string,
  { env, clock }: Pick<CommandContext, 'env' | 'clock'>,
  ask: (backend: AskedBackend) => Promise<T>,
): Promise<T> {
  const settings = requireSettings(env, asker)
  const parts = await import('./backend.ts')
  const remote = parts.createDatadogRemote(settings, { clock })
  try {
    return await ask({ remote, settings })
  } catch (error) {
    throw parts.toCommandError(error)
  } finally {
    await remote.close()
  }
}
