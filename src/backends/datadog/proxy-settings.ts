import { LlmobsExpError } from '../../model/errors.ts'

/** Through what requests over https go. Those over http go to this machine only, and past every proxy. */
export interface ProxySettings {
  /** URL of the proxy, which may hold a login. */
  readonly url?: string
  /** Hosts that are asked without it, as `NO_PROXY` lists them. */
  readonly except: string
}

/**
 * `HTTPS_PROXY`, else `HTTP_PROXY`, and `NO_PROXY`; the lower-case form of each wins.
 *
 * @throws LlmobsExpError `E_BACKEND_SETTINGS` for what is no proxy's URL; it never tells the URL, which may hold a password
 */
export function readProxy(env: { readonly [name: string]: string | undefined }): ProxySettings {
  const read = (name: string): string | undefined => env[name.toLowerCase()] ?? env[name]
  const except = read('NO_PROXY') ?? ''
  const name = read('HTTPS_PROXY') === undefined ? 'HTTP_PROXY' : 'HTTPS_PROXY'
  const value = read(name)?.trim() ?? ''
  if (value === '') return { except }
  // Without a scheme it is a host, as everywhere.
  const url = value.includes('://') ? value : `http://${value}`
  if (URL.canParse(url) && /^(?:https?|socks5):$/.test(new URL(url).protocol)) return { url, except }
  throw new LlmobsExpError('E_BACKEND_SETTINGS', `${name}: expected the URL of a proxy, got something else`)
}
