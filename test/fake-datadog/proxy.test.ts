import { once } from 'node:events'
import { request } from 'node:http'
import { connect } from 'node:tls'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { FakeDatadog } from '../helpers/fake-datadog/fake-datadog.ts'
import { type FakeProxy, type FakeProxyOptions, startProxy } from '../helpers/fake-proxy.ts'
import { selfSigned } from '../helpers/self-signed.ts'
import { keysOf, startBackend, V1 } from './client.ts'

async function proxyWith(options?: FakeProxyOptions): Promise<FakeProxy> {
  const proxy = await startProxy(options)
  onTestFinished(() => proxy.close())
  return proxy
}

/** Asks for a tunnel; the status and, when there is one, what it leads to. */
async function tunnel(proxy: FakeProxy, target: string, headers: { readonly [name: string]: string } = {}) {
  const asked = request(proxy.url, { method: 'CONNECT', path: target, headers }).end()
  const [response, socket] = await once(asked, 'connect')
  onTestFinished(() => socket.destroy())
  return { status: Number(response.statusCode), socket }
}

/** The status of an answer that comes through a tunnel, over TLS. */
async function askThrough(proxy: FakeProxy, backend: FakeDatadog, ca: string): Promise<number> {
  const { socket } = await tunnel(proxy, 'api.example:443')
  const secure = connect({ socket, ca, servername: 'api.example' })
  const headers = { ...keysOf(backend), host: 'api.example' }
  const asked = request({ createConnection: () => secure, path: `${V1}/projects`, headers }).end()
  const [response] = await once(asked, 'response')
  response.resume()
  return response.statusCode
}

describe('a proxy', () => {
  it('leads to where a target is said to be, and keeps which target it was', async () => {
    const tls = await selfSigned({ hosts: ['api.example'] })
    const backend = await startBackend({ tls })
    const proxy = await proxyWith({ leadsTo: () => backend.port })
    expect(await askThrough(proxy, backend, tls.cert)).toBe(200)
    expect(proxy.connects).toEqual([{ target: 'api.example:443', authorization: undefined }])
    expect(backend.requests).toHaveLength(1)
  })

  it('leads to the target itself', async () => {
    const backend = await startBackend()
    const proxy = await proxyWith()
    const { socket } = await tunnel(proxy, `127.0.0.1:${backend.port}`)
    socket.write('GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n')
    const [first] = await once(socket, 'data')
    expect(String(first)).toMatch(/^HTTP\/1\.1 403 /)
  })

  it('wants credentials when it has some', async () => {
    const proxy = await proxyWith({ credentials: 'user:secret', leadsTo: () => Number(new URL(proxy.url).port) })
    const right = `Basic ${Buffer.from('user:secret').toString('base64')}`
    expect((await tunnel(proxy, 'a:443')).status).toBe(407)
    expect((await tunnel(proxy, 'b:443', { 'proxy-authorization': 'Basic wrong' })).status).toBe(407)
    expect((await tunnel(proxy, 'c:443', { 'proxy-authorization': right })).status).toBe(200)
    expect(proxy.connects.map(({ target }) => target)).toEqual(['a:443', 'b:443', 'c:443'])
    expect(proxy.connects[2]?.authorization).toBe(right)
  })

  it('answers nothing else', async () => {
    const proxy = await proxyWith()
    expect((await fetch(proxy.url)).status).toBe(405)
    expect(proxy.connects).toEqual([])
  })
})
