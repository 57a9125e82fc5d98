import { createServer } from 'node:http'
import { createServer as createTcpServer } from 'node:net'
import { gzipSync } from 'node:zlib'
import { describe, expect, it, onTestFinished } from 'vitest'
import { type Client, type ClientRequest, createClient, type Timeouts } from '../../../src/backends/datadog/client.ts'
import { RequestError } from '../../../src/backends/datadog/failures.ts'
import type { DatadogSettings } from '../../../src/backends/datadog/settings.ts'
import { createClock } from '../../../src/cli/system.ts'
import { selfSigned } from '../../helpers/self-signed.ts'
import { startFake } from './helpers/push.ts'
import { apiKey, appKey, listen, serve, settingsFor } from './helpers/server.ts'

const get: ClientRequest = { method: 'GET', path: '/x', purpose: 'find a thing' }
const post: ClientRequest = { method: 'POST', path: '/x', body: '{"a":1}', purpose: 'make a thing' }
const { signal } = new AbortController()

interface Given {
  readonly timeouts?: Partial<Timeouts>
  readonly settings?: Partial<DatadogSettings>
}

function clientOf(origin: string, { timeouts = {}, settings = {} }: Given = {}): Client {
  const client = createClient(settingsFor(origin, settings), { clock: createClock(), timeouts })
  onTestFinished(() => client.close())
  return client
}

async function failureOf(promise: Promise<unknown>): Promise<RequestError> {
  const result = await promise.then(
    () => 'success',
    (error: unknown) => error,
  )
  if (result instanceof RequestError) return result
  throw new Error(`expected a RequestError, got ${String(result)}`)
}

describe('the client', () => {
  it('sends JSON with both keys, and reads JSON', async () => {
    const server = await serve((_asked, response) => response.end('{"data":{"id":"1"}}'))
    const reply = await clientOf(`${server.origin}/base`).send(post, signal)

    expect(reply).toEqual({ status: 200, body: { data: { id: '1' } } })
    expect(server.asked[0]).toMatchObject({ method: 'POST', path: '/base/x', text: '{"a":1}' })
    expect(server.asked[0]?.headers).toMatchObject({
      'dd-api-key': apiKey,
      'dd-application-key': appKey,
      'content-type': 'application/json',
    })
  })

  it('sends no content type where there is no content', async () => {
    const server = await serve((_asked, response) => response.end())
    await clientOf(server.origin).send(get, signal)
    expect(server.asked[0]?.headers['content-type']).toBeUndefined()
  })

  it.each([
    ['nothing', 202, ''],
    ['an empty object', 200, '{}'],
    ['broken JSON', 200, '{"data":'],
    ['a page', 200, '<!doctype html>'],
  ])('vector 19: takes %s for success', async (_what, status, text) => {
    const server = await serve((_asked, response) => response.writeHead(status).end(text))
    expect(await clientOf(server.origin).send(post, signal)).toEqual({ status, body: text === '{}' ? {} : undefined })
  })

  it('reads no more of an answer than it may', async () => {
    const server = await serve((_asked, response) => response.end(`{"a":"${'x'.repeat(5 * 1024 * 1024)}"}`))
    const client = clientOf(server.origin)
    expect(await client.send(post, signal)).toEqual({ status: 200, body: undefined })
    const whole = await client.send({ ...post, bulkBytes: 6 * 1024 * 1024 }, signal)
    expect(whole.body).toEqual({ a: 'x'.repeat(5 * 1024 * 1024) })
  })

  it('asks for nothing packed, and unpacks nothing', async () => {
    const server = await serve((_asked, response) =>
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(Buffer.alloc(10 * 1024 * 1024))),
    )
    expect(await clientOf(server.origin).send(post, signal)).toEqual({ status: 200, body: undefined })
    expect(server.asked[0]?.headers['accept-encoding']).toBeUndefined()
  })

  it.each([
    ['{"errors":[{"title":"Generic Error","detail":"the detail"}]}', 'the detail'],
    ['{"errors":[{"status":"404","title":"Not Found"}]}', 'Not Found'],
    ['{"errors":["Forbidden","Forbidden","Twice"]}', 'Forbidden; Twice'],
  ])('tells what %s says', async (text, said) => {
    const server = await serve((_asked, response) => response.writeHead(400).end(text))
    const { message, failure, status } = await failureOf(clientOf(server.origin).send(get, signal))
    expect(message).toBe(`cannot find a thing: ${server.origin.slice(7)} answered 400: ${said}`)
    expect([failure, status]).toEqual([{ kind: 'invalid' }, 400])
  })

  it('tells no key, no control characters, and not too much', async () => {
    const said = `${apiKey} \u001b[2J\u009b1m\u202e\ud800\n${appKey} ${'x'.repeat(10_000)}`
    const server = await serve((_asked, response) => response.writeHead(400).end(JSON.stringify({ errors: [said] })))
    const { message } = await failureOf(clientOf(server.origin).send(get, signal))

    expect(message).toContain('*** \\u001b[2J\\u009b1m\\u202e\\ud800 *** xxx')
    expect(message.length).toBeLessThan(500)
  })

  it('says which variables to look at when it is not let in', async () => {
    const server = await serve((_asked, response) => response.writeHead(403).end('{"errors":["Forbidden"]}'))
    const { message, failure } = await failureOf(clientOf(server.origin).send(get, signal))
    expect(message).toContain('answered 403: Forbidden (DD_API_KEY and DD_APP_KEY must be of this site')
    expect(failure).toEqual({ kind: 'refused' })
  })

  it('follows no redirect', async () => {
    const other = await serve((_asked, response) => response.end())
    const server = await serve((_asked, response) => response.writeHead(307, { location: other.origin }).end())
    const { message, failure } = await failureOf(clientOf(server.origin).send(post, signal))

    expect(message).toContain('answered 307, which is a redirect and is not followed')
    expect(failure).toEqual({ kind: 'refused' })
    expect([server.asked.length, other.asked.length]).toEqual([1, 0])
  })

  it('passes on how long it is to wait', async () => {
    const server = await serve((_asked, response) => response.writeHead(429, { 'retry-after': '7' }).end())
    const { failure } = await failureOf(clientOf(server.origin).send(get, signal))
    expect(failure).toEqual({ kind: 'limited', retryAfterMs: 7_000 })
  })

  it('knows that a request has not arrived where nothing listens', async () => {
    const { message, failure, mayHaveArrived } = await failureOf(clientOf('http://127.0.0.1:9').send(get, signal))
    expect(message).toBe('cannot find a thing: 127.0.0.1:9: it refused the connection (ECONNREFUSED)')
    expect([failure, mayHaveArrived]).toEqual([{ kind: 'unreachable' }, false])
  })

  it('does not know whether it has arrived when the connection breaks', async () => {
    const server = await serve((_asked, response) => response.socket?.resetAndDestroy())
    const { failure, mayHaveArrived } = await failureOf(clientOf(server.origin).send(post, signal))
    expect([failure, mayHaveArrived]).toEqual([{ kind: 'unreachable' }, true])
  })

  it('takes half an answer for none', async () => {
    const server = await serve((_asked, response) => {
      response.writeHead(202, { 'content-length': '100' }).write('{')
      response.socket?.end()
    })
    const { failure, mayHaveArrived } = await failureOf(clientOf(server.origin).send(post, signal))
    expect([failure, mayHaveArrived]).toEqual([{ kind: 'unreachable' }, true])
  })

  it('waits for the head of an answer only so long', async () => {
    const server = await serve(() => {})
    const client = clientOf(server.origin, { timeouts: { headers: 20 } })
    const { message, mayHaveArrived } = await failureOf(client.send(post, signal))
    expect(message).toContain('it did not answer in time (UND_ERR_HEADERS_TIMEOUT)')
    expect(mayHaveArrived).toBe(true)
  })

  it('waits for the whole of it only so long, however steadily it drips', async () => {
    const server = await serve((_asked, response) => {
      response.writeHead(200)
      const timer = setInterval(() => response.write(' '), 5)
      response.on('close', () => clearInterval(timer))
    })
    const { message } = await failureOf(clientOf(server.origin, { timeouts: { whole: 100 } }).send(get, signal))
    expect(message).toContain('no whole answer in 0.1 s')
  })

  it('gives requests with many records more time', async () => {
    const server = await serve((_asked, response) => setTimeout(() => response.end('{}'), 50))
    const client = clientOf(server.origin, { timeouts: { headers: 10_000, whole: 10, bulk: 10_000 } })
    expect((await client.send({ ...get, bulkBytes: 10 }, signal)).status).toBe(200)
  })

  it.each([
    ['takes the next answer where it may be another one', 503, {}, 3],
    ['waits as it is advised', 429, { 'retry-after': '0.001' }, 3],
    ['does not wait for as long as that', 429, { 'retry-after': '60' }, 1],
    ['asks nothing twice that will be refused again', 403, {}, 1],
  ])('%s, when it is told to try several times', async (_what, status, headers, times) => {
    const server = await serve((_asked, response) => response.writeHead(status, headers).end())
    const failed = await failureOf(clientOf(server.origin).send({ ...get, attempts: 3 }, signal))
    expect([failed.status, server.asked.length]).toEqual([status, times])
  })

  it('is given up when it is told so', async () => {
    const controller = new AbortController()
    const server = await serve(() => controller.abort())
    const { message, failure } = await failureOf(clientOf(server.origin).send(get, controller.signal))
    expect(message).toContain('it was given up')
    expect(failure).toEqual({ kind: 'unreachable' })
    const late = await failureOf(clientOf(server.origin).send(get, controller.signal))
    expect(late.message).toContain('it was given up')
    expect(server.asked.length).toBe(1)
  })

  it('reaches a server over https through the proxy, and says when that does not let it through', async () => {
    const proxy = await connectProxy()
    const url = `http://user:secret-1@${proxy.host}`
    const settings = { proxy: { url, except: 'localhost' } }
    const { message, failure } = await failureOf(clientOf('https://127.0.0.1:9', { settings }).send(get, signal))

    expect(proxy.heard).toEqual([['127.0.0.1:9', `Basic ${Buffer.from('user:secret-1').toString('base64')}`]])
    expect(message).toContain('the proxy did not let it through: Proxy response (407)')
    expect(message).not.toContain('secret-1')
    expect(failure).toEqual({ kind: 'unreachable' })
  })

  it('goes past the proxy where it is told to, and over http always', async () => {
    const proxy = await connectProxy()
    const server = await serve((_asked, response) => response.end())
    const url = `http://${proxy.host}`
    const except = { settings: { proxy: { url, except: '127.0.0.1' } } }
    await failureOf(clientOf('https://127.0.0.1:9', except).send(get, signal))
    await clientOf(server.origin, { settings: { proxy: { url, except: '' } } }).send(get, signal)

    expect([proxy.heard, server.asked.length]).toEqual([[], 1])
  })

  it.each([
    ['nobody vouches for', { hosts: ['127.0.0.1'] }],
    ['has expired', { hosts: ['127.0.0.1'], isExpired: true }],
    ['is of another host', { hosts: ['api.example'] }],
  ])('sends no key to a server whose certificate %s', async (_what, certificate) => {
    const fake = await startFake({ tls: await selfSigned(certificate) })
    const { message, failure, mayHaveArrived } = await failureOf(clientOf(fake.origin).send(post, signal))

    expect(message).toMatch(/its certificate is not trusted: .* \(NODE_EXTRA_CA_CERTS names further authorities\)/)
    expect([failure, mayHaveArrived, fake.requests.length]).toEqual([{ kind: 'unreachable' }, false, 0])
  })

  it('sends no key to a server that does not speak TLS', async () => {
    const heard: Buffer[] = []
    const server = createTcpServer((socket) => {
      socket.on('data', (chunk: Buffer) => {
        heard.push(chunk)
        socket.end('HTTP/1.1 200 OK\r\n\r\n')
      })
      socket.on('error', () => {})
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => void server.close())
    const address = server.address()
    const port = typeof address === 'object' ? address?.port : undefined
    const { failure } = await failureOf(clientOf(`https://127.0.0.1:${port}`).send(post, signal))

    expect(failure).toEqual({ kind: 'unreachable' })
    expect(Buffer.concat(heard).length).toBeGreaterThan(0)
    expect(Buffer.concat(heard).includes('key-of-the-test')).toBe(false)
  })
})

/** A proxy that lets nothing through: the hosts it was asked for, and the logins. */
async function connectProxy() {
  const heard: unknown[] = []
  const server = createServer()
  server.on('connect', ({ url, headers }, socket) => {
    heard.push([url, headers['proxy-authorization']])
    socket.end('HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n')
  })
  const origin = await listen(server)
  return { host: origin.slice('http://'.length), heard }
}
