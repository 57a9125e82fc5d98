import { describeMissing, notSetUp } from '../backends/datadog/required-settings.ts'
import { type DatadogSettings, readDatadogSettings } from '../backends/datadog/settings.ts'
import type { Environment } from '../config/given.ts'
import { originOf, type ResolvedOptions } from '../config/resolve.ts'
import { LlmobsExpError } from '../model/errors.ts'

/** Where results go beside the local store. */
export type BackendChoice =
  | {
      readonly status: 'none'
      /** Absent where somebody asked for that. */
      readonly note?: string
    }
  | { readonly status: 'datadog'; readonly settings: DatadogSettings }

/**
 * A backend is used where its keys are set, unless that is switched off.
 * @throws LlmobsExpError `E_OPTION` for options that contradict each other, `E_BACKEND_SETTINGS` for a backend that was asked for
 * and is not set up, or is set up wrongly
 */
export function chooseBackend(options: ResolvedOptions, env: Environment): BackendChoice {
  const { noPush, backend, requireBackend } = options.values
  if (noPush || backend === 'local') {
    if (requireBackend) throw contradiction(options)
    return { status: 'none' }
  }
  const found = readDatadogSettings(env)
  if (found.status === 'complete') return { status: 'datadog', settings: found.settings }
  const lacking = describeMissing(found.missing)
  if (backend === 'datadog') throw notSetUp(`${originOf(options, 'backend')} datadog`, lacking)
  if (requireBackend) throw notSetUp(originOf(options, 'requireBackend'), lacking)
  return { status: 'none', note: `results stay in the local store: ${lacking}` }
}

function contradiction(options: ResolvedOptions): LlmobsExpError {
  const off = options.values.noPush ? originOf(options, 'noPush') : `${originOf(options, 'backend')} local`
  return new LlmobsExpError(
    'E_OPTION',
    `${originOf(options, 'requireBackend')}: expected results to be pushed, got ${off}`,
  )
}
