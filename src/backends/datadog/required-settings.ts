import { LlmobsExpError } from '../../model/errors.ts'
import { type DatadogSettings, type Environment, readDatadogSettings } from './settings.ts'

/**
 * What is set up for Datadog, for somebody who can do nothing without.
 * @param asker what asks for it, for the message
 * @throws LlmobsExpError `E_BACKEND_SETTINGS`
 */
export function requireSettings(env: Environment, asker: string): DatadogSettings {
  const found = readDatadogSettings(env)
  if (found.status === 'missing') throw notSetUp(asker, describeMissing(found.missing))
  return found.settings
}

/** @example describeMissing(['DD_API_KEY', 'DD_APP_KEY']) // 'DD_API_KEY and DD_APP_KEY are not set' */
export function describeMissing(names: readonly string[]): string {
  return `${names.join(' and ')} ${names.length === 1 ? 'is' : 'are'} not set`
}

/** @param asker what asks for a backend */
export function notSetUp(asker: string, lacking: string): LlmobsExpError {
  return new LlmobsExpError('E_BACKEND_SETTINGS', `${asker}: expected the keys of Datadog, but ${lacking}`, {
    hint: 'set them in the environment or in .env',
  })
}
