import { describe, expect, it } from 'vitest'
import {
  answer,
  applyTwice,
  delay,
  gzipBomb,
  html,
  hugeBody,
  malformedJson,
  rateLimited,
  redirect,
  reject,
} from '../helpers/fake-datadog/faults.ts'
import { keysOf, startBackend, V1 } from './client.ts'
import { metricOf, postEvents, seedExperiment, spanOf } from './set-up.ts'
import { hits, sendSpan, spoiled } from './spoiled.ts'

describe('an answer in place of the real one', () => {
  it.each([
    ['500', answer(500), 500, '', 0],
    ['200 that is empty', answer(200), 200, '', 1],
    ['200 with {}', answer(200, { body: {} }), 200, '{}', 1],
    ['200 that lies', answer(200, { applied: false }), 200, '', 0],
    ['503 after all is done', answer(503, { body: 'busy', applied: true }), 503, 'busy', 1],
    ['JSON without an end', malformedJson(), 200, '{"data":[{"id":', 1],
    ['bytes', answer(200, { body: new Uint8Array([0x7b, 0x7d]) }), 200, '{}', 1],
  ])('is %s', async (_what, fault, status, text, stored) => {
    const scene = await spoiled(fault)
    const reply = await sendSpan(scene)
    expect([reply.status, reply.text]).toEqual([status, text])
    expect(hits(scene)).toBe(stored)
    expect(scene.backend.requests[0]).toMatchObject({ applied: stored, outcome: { type: 'answered', status } })
  })

  it('is a page of HTML', async () => {
    const reply = await sendSpan(await spoiled(html(502)))
    expect([reply.status, reply.headers.get('content-type')]).toEqual([502, 'text/html'])
    expect(reply.text).toContain('<html>')
  })

  it.each([
    [{ 'retry-after': '2' }],
    [{ 'retry-after': 'Wed, 21 Oct 2026 07:28:00 GMT' }],
    [{ 'x-ratelimit-reset': '1e9', 'x-ratelimit-remaining': '0' }],
    [{}],
  ])('says 429 and %j', async (headers: { readonly [name: string]: string }) => {
    const scene = await spoiled(rateLimited(headers))
    const reply = await sendSpan(scene)
    expect(reply.status).toBe(429)
    for (const [name, value] of Object.entries(headers)) expect(reply.headers.get(name)).toBe(value)
    expect(reply.headers.has('retry-after')).toBe('retry-after' in headers)
    expect(hits(scene)).toBe(0)
  })

  it.each([302, 307] as const)('leads elsewhere with %i', async (status) => {
    const elsewhere = await startBackend()
    const scene = await spoiled(redirect(status, `${elsewhere.origin}/here`))
    const reply = await sendSpan(scene)
    expect([reply.status, reply.headers.get('location')]).toEqual([status, `${elsewhere.origin}/here`])
    await fetch(`${scene.backend.origin}${V1}/experiments/${scene.experiment.id}/events`, {
      method: 'POST',
      body: '{}',
    })
    expect(elsewhere.requests.map(({ path }) => path)).toEqual(['/here'])
  })

  it('leads round in a circle', async () => {
    const backend = await startBackend()
    backend.script({ fault: redirect(307, `${backend.origin}${V1}/projects`) })
    const circle = fetch(`${backend.origin}${V1}/projects`, { headers: keysOf(backend) })
    await expect(circle).rejects.toMatchObject({ cause: { message: 'redirect count exceeded' } })
    expect(backend.requests.length).toBeGreaterThan(10)
  })

  it('is as large as it is told', async () => {
    const reply = await sendSpan(await spoiled(hugeBody(5_000_000)))
    expect(reply.text).toHaveLength(5_000_014)
    expect(reply.json).toEqual({ padding: 'x'.repeat(5_000_000) })
  })

  it('is small on the way and large when it is unpacked', async () => {
    const reply = await sendSpan(await spoiled(gzipBomb(40_000_000)))
    expect(reply.headers.get('content-encoding')).toBe('gzip')
    expect(reply.text).toHaveLength(40_000_014)
    expect(reply.text.endsWith('x"}')).toBe(true)
  })

  it('is sent no further than it is read', async () => {
    const scene = await spoiled(gzipBomb(10_000_000_000))
    const { backend, experiment } = scene
    const path = `${backend.origin}${V1}/experiments/${experiment.id}/events`
    const response = await fetch(path, { method: 'POST', headers: keysOf(backend), body: '{}' })
    const reader = response.body?.getReader()
    expect((await reader?.read())?.value?.length).toBeGreaterThan(0)
    await reader?.cancel()
    await backend.until(() => backend.requests[0]?.outcome.type === 'closed')
  })
})

describe('events of a batch', () => {
  it('are rejected one by one, the others being accepted', async () => {
    const backend = await startBackend()
    const experiment = seedExperiment(backend)
    const isPoison = (event: { readonly [name: string]: unknown }): boolean => event.span_id === 'poison'
    backend.script({ on: 'post-events', fault: reject({ rejects: isPoison }) })
    const spans = ['good', 'poison', 'fine'].map((id) => spanOf(experiment, backend, { span_id: id }))
    const reply = await postEvents(backend, experiment, { spans, metrics: [metricOf(experiment, backend)] })
    expect(reply.status).toBe(207)
    expect(reply.json).toMatchObject({ errors: [{ source: { pointer: '/data/attributes/spans/1' } }] })
    expect(backend.state.events.spans().map(({ spanId }) => spanId)).toEqual(['good', 'fine'])
    expect(backend.state.events.metrics()).toHaveLength(1)
    const clean = await postEvents(backend, experiment, { spans: spans.slice(0, 1) })
    expect([clean.status, clean.text]).toEqual([202, ''])
  })

  it('are rejected in other words, when those are given', async () => {
    const describe = (rejected: readonly { readonly kind: string }[]) => ({
      data: {},
      errors: rejected.map(({ kind }) => kind),
    })
    const scene = await spoiled(reject({ status: 200, rejects: () => true, describe }))
    const reply = await sendSpan(scene)
    expect([reply.status, reply.json]).toEqual([200, { data: {}, errors: ['span'] }])
    expect(hits(scene)).toBe(0)
  })
})

describe('faults are combined', () => {
  it('when they are of different types', async () => {
    const waits: number[] = []
    const wait = (random: () => number): number => {
      waits.push(random())
      return 0
    }
    const scene = await spoiled(delay(wait), answer(500, { applied: true }), applyTwice(), answer(400))
    expect((await sendSpan(scene)).status).toBe(500)
    expect(hits(scene)).toBe(2)
    expect(waits).toHaveLength(1)
  })
})
