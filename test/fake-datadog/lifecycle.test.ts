import { request } from 'node:https'
import { describe, expect, it } from 'vitest'
import type { FakeDatadog } from '../helpers/fake-datadog/fake-datadog.ts'
import { delay } from '../helpers/fake-datadog/faults.ts'
import { selfSigned } from '../helpers/self-signed.ts'
import { get, keysOf, startBackend, V1 } from './client.ts'

describe('a backend', () => {
  it('refuses connections while it is stopped, and is there again with all it knows', async () => {
    const backend = await startBackend()
    backend.seed.project({ name: 'support' })
    expect((await get(backend, '/projects')).status).toBe(200)
    await backend.stop()
    await expect(get(backend, '/projects')).rejects.toMatchObject({ cause: { code: 'ECONNREFUSED' } })
    await backend.stop()
    await backend.start()
    expect((await get(backend, '/projects?filter[name]=support')).json).toMatchObject({ data: [{ type: 'projects' }] })
    expect(backend.origin).toContain(`:${backend.port}`)
    expect(backend.requests).toHaveLength(2)
  })

  it('closes what it is answering when it stops', async () => {
    const backend = await startBackend()
    backend.script({ fault: delay(60_000) })
    const reply = get(backend, '/projects')
    await backend.until(() => backend.requests.length === 1)
    await backend.stop()
    await expect(reply).rejects.toThrow('fetch failed')
    expect(backend.requests[0]?.outcome.type).toBe('closed')
  })

  it('counts how many requests there are at once', async () => {
    const backend = await startBackend()
    let release = (): void => {}
    backend.script({ fault: delay(new Promise<void>((resolve) => (release = resolve))) })
    const replies = [1, 2, 3].map(() => get(backend, '/projects'))
    await backend.until(() => backend.requests.length === 3)
    release()
    await Promise.all(replies)
    await get(backend, '/experiments?filter[id]=x')
    expect([backend.mostInFlight(), backend.mostInFlight('list-projects')]).toEqual([3, 3])
    expect([backend.mostInFlight('list-experiments'), backend.mostInFlight('post-events')]).toEqual([1, 0])
  })

  it('has a time of its own', async () => {
    const backend = await startBackend({ now: () => 1_795_000_000_000 })
    backend.time.shift(1000)
    expect(backend.time.now()).toBe(1_795_000_001_000)
    backend.time.set(1_700_000_000_000)
    expect(backend.time.now()).toBe(1_700_000_000_000)
    const { createdAt } = backend.seed.project({ name: 'a' })
    expect(createdAt).toBe(1_700_000_000_000_000_000n)
    expect(backend.seed.project({ name: 'b' }).createdAt).toBeGreaterThan(createdAt)
  })

  it('tells a test whose condition fails', async () => {
    const backend = await startBackend()
    const condition = backend.until(() => {
      throw new Error('no')
    })
    await expect(condition).rejects.toThrow('no')
  })
})

interface Trust {
  readonly ca?: string
  readonly host?: string
}

/** The status of an answer over TLS. */
function askOverTls(backend: FakeDatadog, { ca, host = '127.0.0.1' }: Trust): Promise<number> {
  return new Promise((resolve, reject) => {
    const address = { host: '127.0.0.1', port: backend.port, servername: host === '127.0.0.1' ? '' : host }
    const trust = { headers: { ...keysOf(backend), host }, agent: false, ...(ca === undefined ? {} : { ca }) }
    const asked = request({ path: `${V1}/projects`, ...address, ...trust }, (response) => {
      response.resume().on('end', () => resolve(response.statusCode ?? 0))
    })
    asked.on('error', reject).end()
  })
}

describe('over TLS, a backend', () => {
  it('answers those who trust its certificate', async () => {
    const tls = await selfSigned()
    const backend = await startBackend({ tls })
    expect(backend.origin).toMatch(/^https:/)
    expect(await askOverTls(backend, { ca: tls.cert })).toBe(200)
  })

  it.each([
    ['those who do not', {}, false, 'DEPTH_ZERO_SELF_SIGNED_CERT'],
    ['those who know it by another name', { hosts: ['other.example'] }, true, 'ERR_TLS_CERT_ALTNAME_INVALID'],
    ['those who see that it has expired', { isExpired: true }, true, 'CERT_HAS_EXPIRED'],
  ])('is not believed by %s', async (_who, options, isTrusted, code) => {
    const tls = await selfSigned(options)
    const backend = await startBackend({ tls })
    await expect(askOverTls(backend, isTrusted ? { ca: tls.cert } : {})).rejects.toMatchObject({ code })
    expect(backend.requests).toEqual([])
  })
})
