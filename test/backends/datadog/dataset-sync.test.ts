import { describe, expect, it } from 'vitest'
import { type Client, createClient } from '../../../src/backends/datadog/client.ts'
import { createDatasetSync, type DatasetSync } from '../../../src/backends/datadog/dataset-sync.ts'
import { BackendError } from '../../../src/model/backend.ts'
import type { RecordText } from '../../../src/model/row.ts'
import type { FakeDatadog } from '../../helpers/fake-datadog/fake-datadog.ts'
import { answer, close, malformedJson } from '../../helpers/fake-datadog/faults.ts'
import { type Json, memberAt } from '../../helpers/fake-datadog/json.ts'
import { datasetOf, hurriedClock, recordOf, settingsOf, signal, startFake, storedRecords } from './helpers/push.ts'

const projectId = '784231a1-73e6-43c3-b252-72c6b7a8c3d2'

interface Syncing {
  readonly isWhole?: boolean
  readonly insertOnly?: boolean
  readonly by?: DatasetSync
}

/** Syncs records to the fake. Each time is another process's, unless told. */
async function sync(fake: FakeDatadog, records: readonly RecordText[], options: Syncing = {}) {
  const { isWhole = true, insertOnly = false, by = createDatasetSync() } = options
  if (!fake.state.projects.has(projectId)) fake.seed.project({ name: 'geography', id: projectId })
  const clock = hurriedClock(fake)
  const client: Client = createClient(settingsOf(fake), { clock })
  try {
    return await by.sync(datasetOf(records, { isWhole }), { client, clock, signal, projectId, insertOnly })
  } finally {
    await client.close()
  }
}

/** What was sent in each batch. */
function batches(fake: FakeDatadog) {
  return fake.asked('batch-update').map(({ json, bytes }) => {
    const list = (name: string): readonly Json[] => {
      const found = memberAt(json, 'data', 'attributes', `${name}_records`)
      return Array.isArray(found) ? found : []
    }
    return {
      inserted: list('insert'),
      updated: list('update'),
      deleted: list('delete'),
      newVersion: memberAt(json, 'data', 'attributes', 'create_new_version'),
      bytes: bytes.length,
    }
  })
}

function many(count: number, size = 10): RecordText[] {
  return Array.from({ length: count }, (_, index) => recordOf(`r-${index}`, { input: 'x'.repeat(size) + index }))
}

const france = recordOf('france', { expectedOutput: 'Paris', metadata: { level: 1 }, tags: ['area:eu', 'kind:a'] })
const japan = recordOf('japan')

describe('a dataset on its way to Datadog', () => {
  it('vector 6: is made, and its records are its first version', async () => {
    const fake = await startFake()
    expect(await sync(fake, [france, japan])).toMatchObject({ version: 1, records: 2, setAside: [] })
    expect(storedRecords(fake)).toEqual({
      france: {
        input: 'input of france',
        expectedOutput: 'Paris',
        metadata: { level: 1 },
        tags: ['area:eu', 'kind:a'],
      },
      japan: { input: 'input of japan', expectedOutput: null, metadata: null, tags: [] },
    })
    expect(fake.asked('list-records').length).toBe(0)
  })

  it('vector 12: says nothing of what a record does not have', async () => {
    const fake = await startFake()
    await sync(fake, [
      recordOf('a', { expectedOutput: null, metadata: {}, tags: [] }),
      recordOf('b', { expectedOutput: '' }),
    ])
    expect(batches(fake)[0]?.inserted).toEqual([
      { id: 'a', input: 'input of a' },
      { id: 'b', input: 'input of b', expected_output: '' },
    ])
  })

  it('vector 5: that is there and has not changed is sent nothing', async () => {
    const fake = await startFake()
    const records = [
      france,
      japan,
      recordOf('n', { expectedOutput: null, metadata: {}, input: { b: [1.5e300, -0], a: 'ä\ud800' } }),
    ]
    await sync(fake, records)
    expect(await sync(fake, records)).toMatchObject({ version: 1, records: 3 })
    expect(batches(fake).length).toBe(1)
  })

  it('that has changed gets one new version, with what has changed', async () => {
    const fake = await startFake()
    await sync(fake, [france, japan, recordOf('old')])
    const changed = recordOf('france', { expectedOutput: 'Lyon', metadata: { level: 1 }, tags: ['area:eu', 'kind:a'] })
    expect(await sync(fake, [changed, japan, recordOf('peru')])).toMatchObject({ version: 2 })
    expect(batches(fake)[1]).toMatchObject({
      inserted: [{ id: 'peru' }],
      updated: [{ id: 'france', expected_output: 'Lyon' }],
      deleted: ['old'],
      newVersion: true,
    })
    expect(Object.keys(storedRecords(fake)).sort()).toEqual(['france', 'japan', 'peru'])
  })

  it('vector 8, vector 9: says explicitly what is to go, and null for what was never there', async () => {
    const fake = await startFake()
    await sync(fake, [france, recordOf('japan', { input: 1 })])
    await sync(fake, [recordOf('france'), recordOf('japan', { input: 2 })])
    expect(batches(fake)[1]?.updated).toEqual([
      { id: 'france', input: 'input of france', expected_output: '', metadata: {}, tag_operations: { set: [] } },
      { id: 'japan', input: 2, expected_output: null, metadata: null },
    ])
    expect(storedRecords(fake).france).toEqual({ input: 'input of france', expectedOutput: '', metadata: {}, tags: [] })
    await sync(fake, [recordOf('france'), recordOf('japan', { input: 2 })])
    expect(batches(fake).length).toBe(2)
  })

  it('vector 10: sets tags as a whole, and their order is no change', async () => {
    const fake = await startFake()
    await sync(fake, [recordOf('a', { tags: ['env:prod', 'team:ml'] })])
    await sync(fake, [recordOf('a', { tags: ['team:ml', 'env:prod'] })])
    await sync(fake, [recordOf('a', { tags: ['env:staging'] })])
    expect(batches(fake).slice(1)).toMatchObject([{ updated: [{ id: 'a', tag_operations: { set: ['env:staging'] } }] }])
    expect(storedRecords(fake)).toMatchObject({ a: { tags: ['env:staging'] } })
  })

  it('vector 7: of many records goes in batches that make one version', async () => {
    const fake = await startFake({ pageSize: 700 })
    expect(await sync(fake, many(2_500))).toMatchObject({ version: 1 })
    expect(batches(fake).map(({ inserted, newVersion }) => [inserted.length, newVersion])).toEqual([
      [1_000, true],
      [1_000, false],
      [500, false],
    ])
    await sync(fake, many(2_500))
    expect(batches(fake).length).toBe(3)
  })

  it('goes in batches of few bytes', async () => {
    const fake = await startFake()
    await sync(fake, many(30, 100_000))
    const sent = batches(fake)
    expect(sent.map(({ inserted }) => inserted.length)).toEqual([4, 4, 4, 4, 4, 4, 4, 2])
    expect(Math.max(...sent.map(({ bytes }) => bytes))).toBeLessThan(520_000)
  })

  it('of which only a part is known loses nothing', async () => {
    const fake = await startFake()
    await sync(fake, [france, japan])
    await sync(fake, [recordOf('france'), recordOf('peru')], { isWhole: false })
    expect(storedRecords(fake)).toMatchObject({ france: { expectedOutput: '' }, japan: {}, peru: {} })
  })

  it('that was gone through before only gets what is missing', async () => {
    const fake = await startFake()
    await sync(fake, [france])
    await sync(fake, [recordOf('france'), recordOf('peru')], { isWhole: false, insertOnly: true })
    expect(storedRecords(fake)).toMatchObject({ france: { expectedOutput: 'Paris' }, peru: {} })
  })

  it('is not even asked for when this process has synced the same before', async () => {
    const fake = await startFake()
    const by = createDatasetSync()
    const [first, second] = await Promise.all([sync(fake, [france], { by }), sync(fake, [france], { by })])
    expect(second).toEqual(first)
    expect(fake.requests.map(({ operation }) => operation)).toEqual(['create-dataset', 'batch-update'])
    expect(await sync(fake, [france, japan], { by })).toMatchObject({ version: 2 })
  })

  it('is waited for when what was written cannot be read yet', async () => {
    const fake = await startFake({ visibilityDelay: 3_000 })
    await sync(fake, [france, japan])
    expect(await sync(fake, [france, japan])).toMatchObject({ version: 1 })
    expect(batches(fake).length).toBe(1)
    expect(fake.asked('list-records').length).toBeGreaterThan(1)
  })

  it('goes on with the version it began, after a failure in the middle', async () => {
    const fake = await startFake()
    const by = createDatasetSync()
    fake.script({ on: 'batch-update', from: 2, times: 5, fault: answer(503) })
    await expect(sync(fake, many(1_500), { by })).rejects.toMatchObject({ failure: { kind: 'unreachable' } })
    expect(await sync(fake, many(1_500), { by })).toMatchObject({ version: 1 })
    expect(Object.keys(storedRecords(fake)).length).toBe(1_500)
    expect(batches(fake).map(({ inserted, newVersion }) => [inserted.length, newVersion])).toEqual([
      [1_000, true],
      ...Array(6).fill([500, false]),
    ])
  })

  it('of many records gets there though every third request fails', async () => {
    const fake = await startFake()
    await sync(fake, many(5_000))
    fake.script({ on: ['list-records', 'batch-update'], probability: 0.3, fault: answer(500) })
    const changed = Array.from({ length: 5_000 }, (_, index) => recordOf(`r-${index}`, { input: `new ${index}` }))
    const by = createDatasetSync()
    let tries = 1
    while ((await sync(fake, changed, { by }).catch(() => undefined)) === undefined) tries++
    expect(Object.values(storedRecords(fake))).toEqual(
      changed.map(({ key }) => expect.objectContaining({ input: `new ${key.slice(2)}` })),
    )
    expect(tries).toBeLessThan(10)
  })

  it('is not asked for again and again where its first request fails', async () => {
    const fake = await startFake()
    fake.script({ on: 'batch-update', fault: answer(503) })
    await expect(sync(fake, many(10))).rejects.toMatchObject({ failure: { kind: 'unreachable' } })
    expect(batches(fake).length).toBe(1)
  })

  it('sends the same again when it does not know what became of it', async () => {
    const fake = await startFake()
    fake.script({ on: 'batch-update', nth: 1, fault: close('after-applying') })
    await expect(sync(fake, [france])).rejects.toBeInstanceOf(BackendError)
    expect(await sync(fake, [france])).toMatchObject({ version: 1 })
    expect(batches(fake).length).toBe(1)
  })

  it('asks again which version it is where the answer does not say', async () => {
    const fake = await startFake()
    fake.script({ on: 'batch-update', nth: 1, fault: malformedJson() })
    await expect(sync(fake, [france])).rejects.toMatchObject({ failure: { kind: 'unreachable' } })
    expect(await sync(fake, [france])).toMatchObject({ version: 1 })
    expect(batches(fake).length).toBe(1)
  })

  it('goes in smaller batches where they are too large, and a single record with less of it', async () => {
    const fake = await startFake({ maxBodyBytes: 100_000 })
    const huge = recordOf('huge', { input: 'x'.repeat(300_000), metadata: { a: 'y'.repeat(1_000) } })
    expect(await sync(fake, [...many(20, 20_000), huge])).toMatchObject({ version: 1, setAside: [] })
    const stored = storedRecords(fake)
    expect(Object.keys(stored).length).toBe(21)
    expect(stored.huge).toMatchObject({
      input: expect.stringMatching(/^x+… \(267232 characters left out\) …x+$/),
      metadata: { truncated: { input: { bytes: 300_002 }, metadata: { bytes: 1_008 } } },
      tags: ['truncated:true'],
    })
  })

  it('above five million bytes is shortened at once, and is the same the next time', async () => {
    const fake = await startFake()
    const huge = recordOf('huge', { input: 'x'.repeat(5_000_001) })
    await sync(fake, [huge])
    await sync(fake, [huge])
    expect(batches(fake).length).toBe(1)
    expect(JSON.stringify(storedRecords(fake).huge).length).toBeLessThan(40_000)
  })

  it('leaves out a record that is refused, and says which and why', async () => {
    const fake = await startFake()
    const isPoisoned = (text: string): boolean => text.includes('poison')
    const refusal = answer(400, { body: { errors: [{ detail: 'bad\u0007 record' }] } })
    fake.script({ on: (request) => request.operation === 'batch-update' && isPoisoned(request.text), fault: refusal })
    const { version, setAside } = await sync(fake, [...many(99), recordOf('bad', { input: 'poison' })])

    expect(Object.keys(storedRecords(fake)).length).toBe(99)
    expect([version, setAside]).toEqual([
      1,
      [expect.stringMatching(/^record "bad" of the dataset: .* answered 400: bad\\u0007 record$/)],
    ])
    expect(batches(fake).length).toBeLessThanOrEqual(2 * Math.log2(100) + 2)
  })

  it('gives up where it is not the records that are refused', async () => {
    const fake = await startFake()
    fake.script({ on: 'batch-update', fault: answer(400) })
    await expect(sync(fake, many(1_000))).rejects.toMatchObject({ failure: { kind: 'invalid' } })
    expect(batches(fake).length).toBeLessThan(100)
  })

  it('keeps ids that are odd', async () => {
    const fake = await startFake()
    const odd = ['../../x', '__proto__', 'a/b?c#d', '\u202e', 'C:\\users', 'ü'.repeat(2_000)].map((key) =>
      recordOf(key),
    )
    await sync(fake, odd)
    await sync(fake, odd)
    expect([Object.keys(storedRecords(fake)).length, batches(fake).length]).toEqual([6, 1])
  })
})
