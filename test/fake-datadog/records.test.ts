import { describe, expect, it } from 'vitest'
import { attributesOf, get, idsOf, itemsOf, patch, post, send, startBackend } from './client.ts'
import { append, batch, pathOf, seedDataset, versionsOf } from './set-up.ts'

describe('records', () => {
  it('are answered in the order of the request: inserted, updated, deleted', async () => {
    const backend = await startBackend()
    const dataset = seedDataset(backend, 'd1', 'd2', 'u1', 'u2')
    const reply = await batch(backend, dataset, {
      delete_records: ['d2', 'd1'],
      update_records: [
        { id: 'u2', input: 2 },
        { id: 'u1', input: 1 },
      ],
      insert_records: ['z', 'a', 'm'].map((id) => ({ id, input: id })),
    })
    expect(idsOf(reply)).toEqual(['z', 'a', 'm', 'u2', 'u1', 'd2', 'd1'])
    expect(new Set(versionsOf(reply))).toEqual(new Set([1]))
  })

  it('are given an id when they have none', async () => {
    const backend = await startBackend()
    const reply = await append(backend, seedDataset(backend), { input: 1 }, { input: 2 })
    expect(new Set(idsOf(reply)).size).toBe(2)
    expect(idsOf(reply)[0]).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
  })

  it('have tags when changed, and no empty ones when read; null is not there', async () => {
    const backend = await startBackend()
    const dataset = seedDataset(backend)
    const reply = await append(backend, dataset, { id: 'r', input: null, expected_output: null, metadata: null })
    expect(attributesOf(itemsOf(reply)[0])).toMatchObject({ tags: [], version: 1, input: null })
    const read = attributesOf(itemsOf(await get(backend, `${pathOf(dataset)}/records`))[0])
    for (const name of ['expected_output', 'metadata', 'tags', 'version']) expect(read).not.toHaveProperty(name)
    expect(read).toMatchObject({ input: null, ttl: expect.any(String) })
  })

  it('inserted again as they are make no version and keep the time at which they were made', async () => {
    const backend = await startBackend()
    const dataset = seedDataset(backend)
    const record = { id: 'r', input: { a: 1, b: 2 }, tags: ['a:1', 'b:2'] }
    const first = await append(backend, dataset, record)
    backend.time.shift(60_000)
    const second = await append(backend, dataset, { id: 'r', tags: ['b:2', 'a:1'], input: { b: 2, a: 1 } })
    expect([versionsOf(first), versionsOf(second)]).toEqual([[1], [1]])
    const [before, after] = [first, second].map((reply) => attributesOf(itemsOf(reply)[0]))
    expect(after?.canonical_id).toBe(before?.canonical_id)
    expect(String(after?.created_at).slice(0, 19)).toBe(String(before?.created_at).slice(0, 19))
    expect(after?.updated_at).not.toBe(before?.updated_at)
    const updatedAt = (): unknown => backend.state.datasets.get(dataset.id)?.updatedAt
    const untouched = updatedAt()
    const changed = await append(backend, dataset, { ...record, input: 'new' })
    expect(Number(updatedAt()) - Number(untouched)).toBeGreaterThan(50_000_000_000)
    expect(versionsOf(changed)).toEqual([2])
    expect(attributesOf(itemsOf(changed)[0]).canonical_id).toBe(before?.canonical_id)
  })

  it('that say the same are merged when they have no id, unless that is not wished', async () => {
    const backend = await startBackend()
    const dataset = seedDataset(backend)
    const record = { input: 1, expected_output: 2 }
    const first = idsOf(await append(backend, dataset, record))
    expect(idsOf(await append(backend, dataset, record))).toEqual(first)
    const others = await batch(backend, dataset, { insert_records: [{ id: 'own', ...record }] })
    expect(versionsOf(others)).toEqual([2])
    const apart = await batch(backend, dataset, { insert_records: [record], deduplicate: false })
    expect(versionsOf(apart)).toEqual([3])
    expect(idsOf(await get(backend, `${pathOf(dataset)}/records`))).toHaveLength(3)
  })

  it('of each version stay as they were', async () => {
    const backend = await startBackend()
    const dataset = seedDataset(backend)
    await append(backend, dataset, { id: 'a', input: 1 }, { id: 'b', input: 1 })
    await batch(backend, dataset, { update_records: [{ id: 'a', input: 2 }], delete_records: ['b'] })
    const read = async (version: number) => {
      const items = itemsOf(await get(backend, `${pathOf(dataset)}/records?filter[version]=${version}`))
      return items.map((item) => `${item.id}=${attributesOf(item).input}`).sort()
    }
    expect([await read(0), await read(1), await read(2)]).toEqual([[], ['a=1', 'b=1'], ['a=2']])
  })

  it('go into the newest version when no new one is wished', async () => {
    const backend = await startBackend()
    const dataset = seedDataset(backend)
    await append(backend, dataset, { id: 'a', input: 1 })
    const reply = await batch(backend, dataset, { delete_records: ['a'], create_new_version: false })
    expect(versionsOf(reply)).toEqual([1])
    expect(idsOf(await get(backend, `${pathOf(dataset)}/records?filter[version]=1`))).toEqual([])
  })

  it('that are deleted again are not told of, and nothing has changed', async () => {
    const backend = await startBackend()
    const dataset = seedDataset(backend, 'a')
    expect(versionsOf(await batch(backend, dataset, { delete_records: ['a'] }))).toEqual([1])
    expect((await batch(backend, dataset, { delete_records: ['a'] })).json).toEqual({ data: [] })
    expect(versionsOf(await append(backend, dataset, { input: 1 }))).toEqual([2])
  })

  it('that are not there cannot be updated, and nothing else of the request is done', async () => {
    const backend = await startBackend()
    const dataset = seedDataset(backend)
    const attributes = { insert_records: [{ id: 'a', input: 1 }], update_records: [{ id: 'b', input: 1 }] }
    expect((await batch(backend, dataset, attributes)).status).toBe(404)
    expect(idsOf(await get(backend, `${pathOf(dataset)}/records`))).toEqual([])
  })

  it('an update that changes nothing makes no version', async () => {
    const backend = await startBackend()
    const dataset = seedDataset(backend, 'a')
    const unchanged = { id: 'a', input: null, expected_output: null, metadata: null }
    expect(versionsOf(await batch(backend, dataset, { update_records: [unchanged] }))).toEqual([0])
  })

  it('are changed and deleted at their own paths too', async () => {
    const backend = await startBackend()
    const dataset = seedDataset(backend, 'a')
    const path = `${pathOf(dataset)}/records`
    expect(versionsOf(await patch(backend, path, 'datasets', { records: [{ id: 'a', input: 2 }] }))).toEqual([1])
    expect(versionsOf(await post(backend, `${path}/delete`, 'datasets', { record_ids: ['a'] }))).toEqual([2])
  })

  it.each([
    ['type', 'records', { records: [{ input: 1 }] }],
    ['list', 'datasets', { records: {} }],
    ['record', 'datasets', { records: [1] }],
    ['id', 'datasets', { records: [{ id: '', input: 1 }] }],
    ['input', 'datasets', { records: [{ id: 'a' }] }],
    ['tags', 'datasets', { records: [{ input: 1, tags: 'a:b' }] }],
  ])('with a wrong %s are refused', async (_what, type, attributes) => {
    const backend = await startBackend()
    const dataset = seedDataset(backend)
    expect((await post(backend, `${pathOf(dataset)}/records`, type, attributes)).status).toBe(400)
  })

  it.each([
    ['no form', 'application/json', 'input\r\n1\r\n'],
    [
      'no file',
      'multipart/form-data; boundary=b',
      '--b\r\nContent-Disposition: form-data; name="x"\r\n\r\n1\r\n--b--\r\n',
    ],
    [
      'no end',
      'multipart/form-data; boundary=b',
      '--b\r\nContent-Disposition: form-data; name="file"\r\n\r\ninput\r\n1',
    ],
    ['no input', 'multipart/form-data; boundary=b', form('id\r\n1\r\n')],
    ['no JSON', 'multipart/form-data; boundary=b', form('input\r\nplain\r\n')],
    ['no CSV', 'multipart/form-data; boundary=b', form('input\r\n"1\r\n')],
  ])('are refused as a CSV file with %s', async (_what, type, body) => {
    const backend = await startBackend()
    const dataset = seedDataset(backend)
    const path = `/api/unstable/llm-obs/v1/datasets/${dataset.id}/records/upload`
    const reply = await send(backend, 'POST', path, { body, headers: { 'content-type': type } })
    expect(reply.status).toBe(400)
  })
})

function form(csv: string): string {
  return `--b\r\nContent-Disposition: form-data; name="file"; filename="x.csv"\r\n\r\n${csv}\r\n--b--\r\n`
}
