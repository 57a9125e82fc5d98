import { describe, expect, it } from 'vitest'
import { attributesOf, dataOf, get, idsOf, itemsOf, post, send, startBackend } from './client.ts'
import { append, batch, pathOf, seedDataset, versionsOf } from './set-up.ts'

/** Numbered as the facts about the real backend are. */
describe('a fact about the real backend', () => {
  it('4: a project whose name is there is handed out as it is', async () => {
    const backend = await startBackend()
    const made = await post(backend, '/projects', 'projects', { name: 'support', description: '' })
    backend.time.shift(1000 * 60 * 60)
    const again = await post(backend, '/projects', 'projects', { name: 'support' })
    expect([made.status, again.status]).toEqual([200, 200])
    expect(dataOf(again).id).toBe(dataOf(made).id)
    expect(String(attributesOf(dataOf(again)).created_at).slice(0, 19)).toBe(
      String(attributesOf(dataOf(made)).created_at).slice(0, 19),
    )
  })

  it('5: a dataset whose name is there is handed out as it is, with its version', async () => {
    const backend = await startBackend()
    const dataset = seedDataset(backend)
    await append(backend, dataset, { input: 1 })
    const again = await post(backend, `/${dataset.projectId}/datasets`, 'datasets', { name: 'triage' })
    expect(again.status).toBe(200)
    expect(dataOf(again).id).toBe(dataset.id)
    expect(attributesOf(dataOf(again)).current_version).toBe(1)
  })

  it('6: a dataset begins at version 0, and every request that changes it makes one more', async () => {
    const backend = await startBackend()
    const { id: projectId } = backend.seed.project({ name: 'support' })
    const made = await post(backend, `/${projectId}/datasets`, 'datasets', { name: 'triage' })
    expect(attributesOf(dataOf(made)).current_version).toBe(0)
    const dataset = { ...seedDataset(backend), projectId, id: String(dataOf(made).id) }
    const inserted = await batch(backend, dataset, {
      insert_records: [
        { id: 'a', input: 1 },
        { id: 'b', input: 2 },
      ],
    })
    expect(versionsOf(inserted)).toEqual([1, 1])
    const changed = await batch(backend, dataset, {
      update_records: [{ id: 'a', input: 10 }],
      delete_records: ['b'],
    })
    expect(versionsOf(changed)).toEqual([2, 2])
    expect(itemsOf(changed).map((item) => 'deleted_at' in attributesOf(item))).toEqual([false, true])
  })

  it('7: batches go into one version when asked, and 3,000 records come on one page', async () => {
    const backend = await startBackend()
    const dataset = seedDataset(backend)
    for (const first of [0, 1000, 2000]) {
      const records = Array.from({ length: 1000 }, (_, index) => ({ id: `id_${first + index}`, input: first + index }))
      const reply = await batch(backend, dataset, { insert_records: records, create_new_version: first === 0 })
      expect(new Set(versionsOf(reply))).toEqual(new Set([1]))
    }
    const listed = await get(backend, `${pathOf(dataset)}/records`)
    const thousands = idsOf(listed).map((id) => Math.floor(Number(id.slice(3)) / 1000))
    expect(listed.json).toMatchObject({ meta: { after: '' } })
    expect(thousands).toEqual([...thousands].sort().reverse())
    expect(new Set(idsOf(listed)).size).toBe(3000)
    expect(idsOf(listed).slice(0, 1000)).not.toEqual(
      idsOf(listed)
        .slice(0, 1000)
        .sort((one, other) => Number(one.slice(3)) - Number(other.slice(3))),
    )
  })

  it('8: an update leaves alone what it says null of', async () => {
    const backend = await startBackend()
    const dataset = seedDataset(backend)
    await append(backend, dataset, { id: 'r', input: 'a', expected_output: 'b', metadata: { c: 1 }, tags: ['d:e'] })
    const reply = await batch(backend, dataset, {
      update_records: [{ id: 'r', input: 'A', expected_output: null, metadata: null }],
    })
    expect(itemsOf(reply)).toMatchObject([
      { attributes: { input: 'A', expected_output: 'b', metadata: { c: 1 }, tags: ['d:e'] } },
    ])
  })

  it('9: an expected output is taken away by an empty text, which it then is', async () => {
    const backend = await startBackend()
    const dataset = seedDataset(backend, 'r')
    const reply = await batch(backend, dataset, { update_records: [{ id: 'r', expected_output: '', metadata: {} }] })
    expect(itemsOf(reply)).toMatchObject([{ attributes: { expected_output: '', metadata: {} } }])
    const listed = await get(backend, `${pathOf(dataset)}/records`)
    expect(itemsOf(listed)).toMatchObject([{ attributes: { expected_output: '', metadata: {} } }])
  })

  it.each([
    [['env:prod'], { set: ['env:staging'] }, ['env:staging']],
    [['env:prod', 'team:ml'], { remove: ['team:ml'] }, ['env:prod']],
    [['env:prod'], { add: ['priority:high'] }, ['env:prod', 'priority:high']],
    [['a:1', 'b:1'], { remove: ['a:1'], add: ['a:1', 'c:1'] }, ['a:1', 'b:1', 'c:1']],
    [['a:1'], { remove: ['b:1'], add: ['c:1'], set: ['d:1'] }, ['d:1']],
    [['a:1'], { set: [] }, []],
  ])('10: tags %j become, by %j, %j', async (tags, operations, expected) => {
    const backend = await startBackend()
    const dataset = seedDataset(backend)
    await append(backend, dataset, { id: 'r', input: 1, tags })
    const reply = await batch(backend, dataset, { update_records: [{ id: 'r', tag_operations: operations }] })
    const changed: unknown = attributesOf(itemsOf(reply)[0]).tags
    expect(Array.isArray(changed) ? changed.sort() : changed).toEqual(expected)
    expect(versionsOf(reply)).toEqual([2])
  })

  it('12: a record is sent with these names, and others are not understood', async () => {
    const backend = await startBackend()
    const dataset = seedDataset(backend)
    const record = { input: { a: 1 }, expected_output: '', metadata: {}, id: 'r', tags: ['env:prod'] }
    expect((await batch(backend, dataset, { insert_records: [record] })).status).toBe(200)
    const unknown = await batch(backend, dataset, {
      update_records: [{ id: 'r', tag_operations: { replace: ['version:2'] } }],
    })
    expect(unknown.status).toBe(400)
    const nameless = await batch(backend, dataset, { insert_records: [{ input_data: 1 }] })
    expect(nameless.status).toBe(400)
  })

  it.each(['420', '-1', 'x', '1.5'])('14: version %s of a dataset of version 1 is refused', async (version) => {
    const backend = await startBackend()
    const dataset = seedDataset(backend)
    await append(backend, dataset, { input: 1 })
    const reply = await get(backend, `${pathOf(dataset)}/records?filter[version]=${version}`)
    expect(reply.status).toBe(400)
    expect(reply.json).toEqual({
      errors: [
        {
          title: 'Generic Error',
          detail: 'invalid version: version is greater than the current version or negative',
        },
      ],
    })
  })

  it.each([
    ['env:prod', 'nonexistent:tag', ['tagged']],
    ['env:none', 'nonexistent:tag', []],
  ])('15: records with tag %s or %s are %j', async (one, other, expected) => {
    const backend = await startBackend()
    const dataset = seedDataset(backend)
    await append(backend, dataset, { id: 'tagged', input: 1, tags: ['env:prod', 'x:y'] }, { id: 'plain', input: 2 })
    const reply = await get(backend, `${pathOf(dataset)}/records?&filter[tags]=${one}&filter[tags]=${other}`)
    expect(reply.status).toBe(200)
    expect(idsOf(reply)).toEqual(expected)
  })

  it('17: a CSV file in a form becomes records of a new version', async () => {
    const backend = await startBackend()
    const dataset = seedDataset(backend)
    const rows = ['input,expected_output,metadata,id', '"{""in0"": ""r0v1""}","{""out0"": ""a,b""}",{},user-id-0']
    const body = [
      '------------boundary------',
      'Content-Disposition: form-data; name="file"; filename="tmp.csv"',
      'Content-Type: text/csv',
      '',
      ...rows,
      '',
      '------------boundary--------',
      '',
    ].join('\r\n')
    const path = `/api/unstable/llm-obs/v1/datasets/${dataset.id}/records/upload?deduplicate=True`
    const headers = { 'content-type': 'multipart/form-data; boundary=----------boundary------' }
    const reply = await send(backend, 'POST', path, { body, headers })
    expect(reply.status).toBe(200)
    expect(dataOf(reply)).toMatchObject({
      type: 'dataset_version',
      attributes: { dataset_id: dataset.id, version_number: 1 },
    })
    const listed = await get(backend, `${pathOf(dataset)}/records`)
    expect(itemsOf(listed)).toMatchObject([
      { id: 'user-id-0', attributes: { input: { in0: 'r0v1' }, expected_output: { out0: 'a,b' }, metadata: {} } },
    ])
  })
})
