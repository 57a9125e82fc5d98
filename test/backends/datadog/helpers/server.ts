import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { onTestFinished } from 'vitest'
import type { DatadogSettings } from '../../../../src/backends/datadog/settings.ts'

export interface Asked {
  readonly method: string
  readonly path: string
  readonly headers: IncomingMessage['headers']
  readonly text: string
}

export interface TestServer {
  readonly origin: string
  readonly asked: readonly Asked[]
}

export const apiKey = 'api-key-of-the-test'
export const appKey = 'app-key-of-the-test'

/** A server on this machine until the test is over. `answer` is called when a request has arrived whole. */
export async function serve(
  answer: (asked: Asked, response: ServerResponse) => void,
  create: (listener: (request: IncomingMessage, response: ServerResponse) => void) => Server = createServer,
): Promise<TestServer> {
  const asked: Asked[] = []
  const server = create((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const { method = '', url: path = '', headers } = request
      const one = { method, path, headers, text: Buffer.concat(chunks).toString('utf8') }
      asked.push(one)
      answer(one, response)
    })
  })
  const origin = await listen(server)
  return { origin, asked }
}

/** Listens on a port of its own until the test is over. */
export async function listen(server: Server, scheme = 'http'): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(async () => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  })
  return `${scheme}://127.0.0.1:${portOf(server.address())}`
}

function portOf(address: AddressInfo | string | null): number {
  if (typeof address !== 'object' || address === null) throw new Error('it does not listen')
  return address.port
}

export function settingsFor(apiBase: string, more: Partial<DatadogSettings> = {}): DatadogSettings {
  const proxy = { except: '' }
  return { apiKey, appKey, site: 'datadoghq.com', apiBase, project: 'default-project', proxy, ...more }
}
