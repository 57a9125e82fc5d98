import { LlmobsExpError } from '../../model/errors.ts'
import { quote } from '../../model/quote.ts'
import { type ProxySettings, readProxy } from './proxy-settings.ts'
import { apiOrigin } from './sites.ts'

export const BACKEND_NAME = 'datadog'

/** What the environment says of Datadog. */
export interface DatadogSettings {
  readonly apiKey: string
  readonly appKey: string
  /** Such as `datadoghq.eu`. */
  readonly site: string
  /** What every path is appended to: an origin, and what `DD_LLMOBS_OVERRIDE_ORIGIN` has after it. No slash at its end. */
  readonly apiBase: string
  /** For experiments that name no project. */
  readonly project: string
  readonly proxy: ProxySettings
}

export type FoundSettings =
  | { readonly status: 'complete'; readonly settings: DatadogSettings }
  /** Names of the variables without which nothing can be sent. */
  | { readonly status: 'missing'; readonly missing: readonly string[] }

export type Environment = { readonly [name: string]: string | undefined }

const DEFAULT_SITE = 'datadoghq.com'
const DEFAULT_PROJECT = 'default-project'

/**
 * Reads what is set up for Datadog. A variable that is empty is one that is not there.
 *
 * @throws LlmobsExpError `E_BACKEND_SETTINGS` for a value that cannot be used; it never tells a key
 */
export function readDatadogSettings(env: Environment): FoundSettings {
  const apiKey = readKey(env, ['DD_API_KEY'])
  const appKey = readKey(env, ['DD_APP_KEY', 'DD_APPLICATION_KEY'])
  if (apiKey === undefined || appKey === undefined) {
    return {
      status: 'missing',
      missing: [...(apiKey === undefined ? ['DD_API_KEY'] : []), ...(appKey === undefined ? ['DD_APP_KEY'] : [])],
    }
  }
  const site = readSite(env)
  const settings = {
    apiKey,
    appKey,
    site,
    apiBase: readOverride(env) ?? apiOrigin(site),
    project: readValue(env, 'DD_LLMOBS_PROJECT_NAME') ?? DEFAULT_PROJECT,
    proxy: readProxy(env),
  }
  return { status: 'complete', settings }
}

/** Where it is, for people: the site, or the host that stands in for it. */
export function placeOf({ site, apiBase }: Pick<DatadogSettings, 'site' | 'apiBase'>): string {
  return apiBase === apiOrigin(site) ? site : new URL(apiBase).host
}

function readValue(env: Environment, name: string): string | undefined {
  const value = env[name]
  return value === undefined || value === '' ? undefined : value
}

function readKey(env: Environment, names: readonly string[]): string | undefined {
  for (const name of names) {
    const value = readValue(env, name)
    if (value === undefined) continue
    if (/^[!-~]+$/.test(value)) return value
    throw refuse(
      `${name}: expected a key of printable ASCII characters, got one with white space or other characters`,
      {
        hint: 'look for a line break, a blank or a quote that was copied along with it',
      },
    )
  }
  return undefined
}

function readSite(env: Environment): string {
  const site = readValue(env, 'DD_SITE') ?? DEFAULT_SITE
  const isHost = /^(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}$/.test(site)
  if (isHost && !/^(?:app|api)\./.test(site)) return site
  throw refuse(`DD_SITE: expected a site such as datadoghq.com or us3.datadoghq.com, got ${quote(site)}`)
}

function readOverride(env: Environment): string | undefined {
  const name = 'DD_LLMOBS_OVERRIDE_ORIGIN'
  const value = readValue(env, name)
  if (value === undefined) return undefined
  const url = URL.canParse(value) ? new URL(value) : undefined
  if (url === undefined || !/^https?:$/.test(url.protocol)) {
    throw refuse(`${name}: expected an http or https URL, got something else`)
  }
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '') {
    throw refuse(`${name}: expected a URL without login, query and fragment, got one that has them`)
  }
  if (url.protocol === 'http:' && !isLoopback(url.hostname)) {
    throw refuse(`${name}: expected https, got http to ${quote(url.hostname)}, over which keys would go unencrypted`, {
      hint: 'http is for this machine only: localhost, 127.0.0.1 or [::1]',
    })
  }
  return `${url.origin}${url.pathname.replace(/\/+$/, '')}`
}

function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(hostname)
}

function refuse(message: string, details: { readonly hint?: string } = {}): LlmobsExpError {
  return new LlmobsExpError('E_BACKEND_SETTINGS', message, details)
}
