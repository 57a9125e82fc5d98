import { Agent, type Dispatcher, EnvHttpProxyAgent } from 'undici'
import type { DatadogSettings } from './settings.ts'

const CONNECTIONS = 4

export interface ConnectionOptions {
  readonly connectTimeout: number
  readonly connections?: number | undefined
}

/** How connections are made and kept. Nothing here follows a redirect. */
export function createDispatcher(
  { apiBase, proxy }: Pick<DatadogSettings, 'apiBase' | 'proxy'>,
  { connectTimeout, connections = CONNECTIONS }: ConnectionOptions,
): Dispatcher {
  const connect = { timeout: connectTimeout }
  const options = { connect, connections }
  // Over http it is this machine: a proxy would be another one, and be shown the keys.
  if (proxy.url === undefined || apiBase.startsWith('http:')) return new Agent(options)
  return new EnvHttpProxyAgent({
    ...options,
    proxyTls: connect,
    requestTls: connect,
    // What is not given is looked for in the process's environment.
    httpProxy: '',
    httpsProxy: proxy.url,
    noProxy: proxy.except,
  })
}
