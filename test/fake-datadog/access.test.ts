import { Agent, get as getWith } from 'node:http'
import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { get, keysOf, post, send, startBackend, V1 } from './client.ts'
import { batch, seedDataset } from './set-up.ts'

const PROJECT = JSON.stringify({ data: { type: 'projects', attributes: { name: 'support' } } })

describe('the backend lets in', () => {
  it.each([
    ['without any key', { 'DD-API-KEY': '', 'DD-APPLICATION-KEY': '' }],
    ['without an application key', { 'DD-APPLICATION-KEY': '' }],
    ['with another API key', { 'DD-API-KEY': 'wrong' }],
    ['with another application key', { 'DD-APPLICATION-KEY': 'wrong' }],
  ])('nobody %s', async (_what, headers) => {
    const backend = await startBackend()
    const reply = await send(backend, 'POST', `${V1}/projects`, { body: PROJECT, headers })
    expect([reply.status, reply.json]).toEqual([403, { errors: ['Forbidden'] }])
    expect(backend.state.projects.size).toBe(0)
  })

  it('those with the keys it was told', async () => {
    const backend = await startBackend({ keys: { apiKey: 'a', applicationKey: 'b' } })
    expect(backend.keys).toEqual({ apiKey: 'a', applicationKey: 'b' })
    expect((await get(backend, '/projects')).status).toBe(200)
    expect(backend.env).toEqual({ DD_API_KEY: 'a', DD_APP_KEY: 'b', DD_LLMOBS_OVERRIDE_ORIGIN: backend.origin })
  })

  it('nobody while the keys are revoked', async () => {
    const backend = await startBackend()
    backend.revokeKeys()
    expect((await get(backend, '/projects')).status).toBe(403)
    backend.restoreKeys()
    expect((await get(backend, '/projects')).status).toBe(200)
  })

  it('to the span intake those who have an API key alone', async () => {
    const backend = await startBackend()
    const ask = (apiKey: string): Promise<{ readonly status: number }> =>
      fetch(`${backend.origin}/api/v2/llmobs`, { method: 'POST', headers: { 'dd-api-key': apiKey }, body: '[]' })
    expect((await ask(backend.keys.apiKey)).status).toBe(202)
    expect((await ask('wrong')).status).toBe(403)
  })
})

describe('the backend answers', () => {
  it.each(['/api/v2/llm-obs/v1', '/api/unstable/llm-obs/v1'])('under %s', async (base) => {
    const backend = await startBackend()
    const reply = await send(backend, 'POST', `${base}/projects`, { body: PROJECT })
    expect(reply.status).toBe(200)
    expect(reply.headers.get('content-type')).toBe('application/vnd.api+json')
    expect(backend.asked('create-project')).toHaveLength(1)
  })

  it('under a base path, and nowhere else then', async () => {
    const backend = await startBackend({ basePath: '/vcr/datadog' })
    expect(backend.origin).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/vcr\/datadog$/)
    expect((await get(backend, '/projects')).status).toBe(200)
    const outside = await fetch(new URL(`${V1}/projects`, backend.origin), { headers: keysOf(backend) })
    expect(outside.status).toBe(404)
    expect(backend.requests.map(({ operation }) => operation)).toEqual(['list-projects', 'unknown'])
  })

  it.each([
    ['GET', '/api/v2/llm-obs/v1/experiments/e1'],
    ['GET', '/api/v2/llm-obs/v4/experiments/e1/events'],
    ['GET', '/'],
    ['PUT', '/api/v2/llm-obs/v1/projects'],
    ['POST', '/api/v2/llm-obs/v1/p1/datasets'],
    ['GET', '/api/v2/llm-obs/v1/p1/datasets/d1/records'],
    ['POST', '/api/v2/llm-obs/v1/evaluators/e1/infer'],
  ])('%s %s with 404', async (method, path) => {
    const backend = await startBackend()
    const body = JSON.stringify({ data: { type: 'datasets', attributes: { name: 'x' } } })
    const reply = await send(backend, method, path, method === 'GET' ? {} : { body })
    expect([reply.status, reply.json]).toEqual([404, { errors: [{ status: '404', title: 'Not Found' }] }])
  })

  it.each([
    ['no JSON', '{"data":NaN}'],
    ['no data', '{}'],
    ['another type', '{"data":{"type":"datasets","attributes":{"name":"x"}}}'],
    ['no attributes', '{"data":{"type":"projects"}}'],
    ['no name', '{"data":{"type":"projects","attributes":{"name":""}}}'],
    ['no text', new Uint8Array([0x22, 0xff, 0x22])],
  ])('a body that is %s with 400', async (_what, body) => {
    const backend = await startBackend()
    const reply = await send(backend, 'POST', `${V1}/projects`, { body })
    expect(reply.status).toBe(400)
    expect(reply.json).toMatchObject({ errors: [{ title: 'Generic Error' }] })
  })

  it('a packed body as if it were not', async () => {
    const backend = await startBackend()
    const headers = { 'content-encoding': 'gzip' }
    const reply = await send(backend, 'POST', `${V1}/projects`, { body: gzipSync(PROJECT), headers })
    expect(reply.status).toBe(200)
    expect(backend.requests[0]?.text).toBe(PROJECT)
    expect(backend.requests[0]?.bytes).toEqual(gzipSync(PROJECT))
    expect((await send(backend, 'POST', `${V1}/projects`, { body: PROJECT, headers })).status).toBe(400)
  })

  it.each([false, true])('a body that is too large with 413, packed: %s', async (isPacked) => {
    const backend = await startBackend({ maxBodyBytes: 1000 })
    const dataset = seedDataset(backend)
    const attributes = { insert_records: [{ id: 'a', input: 'x'.repeat(2000) }] }
    const text = JSON.stringify({ data: { type: 'datasets', attributes } })
    const headers: Record<string, string> = isPacked ? { 'content-encoding': 'gzip' } : {}
    const path = `${V1}/${dataset.projectId}/datasets/${dataset.id}/batch_update`
    const reply = await send(backend, 'POST', path, { body: isPacked ? gzipSync(text) : text, headers })
    expect(reply.status).toBe(413)
    expect((await batch(backend, dataset, { insert_records: [{ id: 'a', input: 1 }] })).status).toBe(200)
  })
})

describe('of a request is kept', () => {
  it('all that came, in the order in which it came', async () => {
    const backend = await startBackend()
    await post(backend, '/projects', 'projects', { name: 'ü' }, { headers: { 'x-own': 'yes' } })
    await get(backend, '/projects?filter[name]=%C3%BC&filter[id]=a&filter[id]=b')
    const [posted, got] = backend.requests
    expect(posted).toMatchObject({
      number: 1,
      operation: 'create-project',
      method: 'POST',
      path: `${V1}/projects`,
      json: { data: { attributes: { name: 'ü' } } },
      applied: 1,
      outcome: { type: 'answered', status: 200 },
    })
    expect(posted?.headers).toMatchObject({ 'x-own': 'yes', 'dd-api-key': backend.keys.apiKey })
    expect(Buffer.from(posted?.bytes ?? []).toString()).toBe(posted?.text)
    expect(got?.query.get('filter[name]')).toBe('ü')
    expect(got?.query.getAll('filter[id]')).toEqual(['a', 'b'])
    expect(got?.number).toBe(2)
    expect(got?.arrivedAt).toBeGreaterThan(posted?.arrivedAt ?? Number.POSITIVE_INFINITY)
  })

  it('of which connection it came', async () => {
    const backend = await startBackend()
    const agents = [1, 2].map(() => new Agent({ keepAlive: true, maxSockets: 1 }))
    for (const agent of agents) {
      for (const _time of [1, 2]) await askWith(agent, `${backend.origin}${V1}/projects`)
      agent.destroy()
    }
    expect(backend.requests.map(({ connection }) => connection)).toEqual([1, 1, 2, 2])
  })
})

function askWith(agent: Agent, url: string): Promise<void> {
  return new Promise((resolve, reject) => {
    getWith(url, { agent }, (response) => response.resume().on('end', resolve)).on('error', reject)
  })
}
