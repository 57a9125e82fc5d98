import { describe, expect, it } from 'vitest'
import { openDataset } from '../../src/datasets/open-dataset.ts'
import { readRecords } from '../../src/datasets/read-records.ts'
import { contentHash, recordKey } from '../../src/model/identity.ts'
import { failureOf, openOptions, problemsOf, readDataset, readTexts } from './read-all.ts'

describe('readRecords', () => {
  it('gives each record as text with its identity', async () => {
    const record = {
      id: 'fr',
      input: { country: 'France' },
      expectedOutput: 'Paris',
      metadata: null,
      tags: ['continent:europe'],
    }
    const text = { id: 'fr', input: '{"country":"France"}', expectedOutput: '"Paris"', metadata: 'null' }
    expect(await readTexts([record])).toEqual([
      { key: 'fr', contentHash: contentHash(text), tags: ['continent:europe'], ...text },
    ])
  })

  it('derives the key of a record without id from its input alone', async () => {
    const [first, second] = await readTexts([
      { input: { b: 1, a: [2] }, expectedOutput: 1 },
      { input: [{ b: 1, a: [2] }] },
    ])
    expect(first).toMatchObject({ key: recordKey(undefined, '{"a":[2],"b":1}'), input: '{"b":1,"a":[2]}' })
    expect(first).not.toHaveProperty('id')
    expect(second?.key).not.toBe(first?.key)
  })

  it('leaves out what a record does not have', async () => {
    const [text] = await readTexts([
      { id: undefined, input: 0, expectedOutput: undefined, metadata: undefined, tags: [] },
    ])
    expect(Object.keys(text ?? {}).sort()).toEqual(['contentHash', 'input', 'key'])
  })

  it('D8 gives identical records ordinals, the same ones each time', async () => {
    const same = { input: { a: 1, b: 2 } }
    const dataset = [same, { input: 2 }, { input: { b: 2, a: 1 } }, same]
    const keys = (await readTexts(dataset)).map(({ key }) => key)
    const key = recordKey(undefined, '{"a":1,"b":2}')
    expect(keys).toEqual([key, recordKey(undefined, '2'), `${key}#1`, `${key}#2`])
    expect((await readTexts(dataset)).map((text) => text.key)).toEqual(keys)
  })

  it('D8 refuses a second record with the same id, and says where, after giving those before it', async () => {
    const given: string[] = []
    const dataset = [
      { id: 'a', input: 1 },
      { id: 'b', input: 1 },
      { id: 'a', input: 2 },
    ]
    const reading = async () => {
      for await (const batch of readRecords(openDataset(dataset).source, { open: openOptions(), batchSize: 10 })) {
        given.push(...batch.map((item) => (item.status === 'record' ? item.record.key : 'invalid')))
      }
    }
    const failure = await failureOf(reading())
    expect(failure.code).toBe('E_DATASET_DUPLICATE_ID')
    expect(failure.message).toBe(
      'dataset[2]: expected an id that no other record has, got "a" (its id), which is an earlier record\'s',
    )
    expect(given).toEqual(['a', 'b'])
  })

  it('D3 keeps odd characters byte for byte', async () => {
    const odd = 'U+0000 \u0000, lone \ud800, \u2028, \u202e, 👩‍👩‍👧'
    const [text] = await readTexts([{ input: { [odd]: odd } }])
    expect(JSON.parse(text?.input ?? '')).toEqual({ [odd]: odd })
  })

  it('says what keeping a record as JSON changes, once', async () => {
    const [item] = await readDataset([{ input: new Date(0), expectedOutput: new Date(1), metadata: { big: 1n } }])
    expect(item).toMatchObject({ status: 'record', changes: ['date', 'bigint'] })
  })

  it('D6 gives a record that is nested too deep as invalid, and goes on', async () => {
    let deep: unknown = 1
    for (let level = 0; level < 20_000; level++) deep = [deep]
    const items = await readDataset([{ input: 1 }, { input: deep }, { input: 2 }])
    expect(items.map(({ status }) => status)).toEqual(['record', 'invalid', 'record'])
    expect(problemsOf(items)[0]?.message).toBe('dataset[1]: expected a value nested at most 500 deep, got a deeper one')
  })

  it('D5 gives a record that is longer than a string may be as invalid, and goes on', async () => {
    const megabyte = 'x'.repeat(1024 * 1024)
    const items = await readDataset([{ input: Array.from({ length: 600 }, () => megabyte) }, { input: 2 }])
    expect(items.map(({ status }) => status)).toEqual(['invalid', 'record'])
    expect(problemsOf(items)[0]?.message).toContain('dataset[0]: expected a value that fits into a string')
  }, 30_000)

  it('D7 lets a record pollute nothing', async () => {
    const input = JSON.parse('{"__proto__":{"x":1},"constructor":{"prototype":{"x":1}}}')
    const [text] = await readTexts([{ input, expectedOutput: input, metadata: input }])
    expect(text?.metadata).toBe('{"__proto__":{"x":1},"constructor":{"prototype":{"x":1}}}')
    expect(Reflect.get({}, 'x')).toBeUndefined()
  })

  it('gives a record whose values throw when they are read as invalid', async () => {
    const hostile = new Proxy(
      {},
      {
        getPrototypeOf: () => {
          throw new Error('no')
        },
      },
    )
    const items = await readDataset([{ input: hostile }, { input: 1 }])
    expect(items.map(({ status }) => status)).toEqual(['invalid', 'record'])
  })
})
