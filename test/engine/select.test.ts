import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Selection } from '../../src/engine/plan.ts'
import { createRandom, selectRecords } from '../../src/engine/select.ts'
import type { RecordText } from '../../src/model/row.ts'
import { fakeRecord } from '../helpers/fake-executor.ts'

async function* batched(records: readonly RecordText[], size = 3): AsyncGenerator<readonly RecordText[]> {
  for (let start = 0; start < records.length; start += size) yield records.slice(start, start + size)
}

async function keysOf(records: AsyncIterable<readonly RecordText[]>): Promise<string[]> {
  const keys: string[] = []
  for await (const batch of records) keys.push(...batch.map(({ key }) => key))
  return keys
}

function select(records: readonly RecordText[], changes: Partial<Selection>, batchSize?: number): Promise<string[]> {
  return keysOf(selectRecords(batched(records, batchSize), { filters: [], records: [], ...changes }))
}

const numbered = (count: number): RecordText[] => Array.from({ length: count }, (_, index) => fakeRecord(index))

describe('filters', () => {
  const dataset = [
    fakeRecord(0, { input: '{"lang":"de","n":1,"deep":{"list":["a",{"b":null}]}}', tags: ['lang:de', 'plain'] }),
    fakeRecord(1, { input: '{"lang":"fr","n":"1"}', expectedOutput: '{"label":"bug"}', tags: ['a.b:c'] }),
    fakeRecord(2, { input: '"de"', expectedOutput: 'true', metadata: '{"source":"web","lang":"de","flags":[1,2]}' }),
    fakeRecord(3, { input: 'null', metadata: '{"a.b":"dotted","a":{"b":"nested"}}' }),
  ]
  it.each([
    ['id', 'r2', ['r2']],
    ['tag', 'lang:de', ['r0']],
    ['tag', 'plain', ['r0']],
    ['tag', 'lang', []],
    ['lang', 'de', ['r0', 'r2']],
    ['input', 'de', ['r2']],
    ['input', 'null', ['r3']],
    ['input.lang', 'de', ['r0']],
    ['input.n', '1', ['r0', 'r1']],
    ['input.deep.list.0', 'a', ['r0']],
    ['input.deep.list.1.b', 'null', ['r0']],
    ['input.deep.list.1', '{"b":null}', ['r0']],
    ['input.deep.list.length', '2', ['r0']],
    ['expectedOutput', 'true', ['r2']],
    ['expectedOutput.label', 'bug', ['r1']],
    ['metadata.source', 'web', ['r2']],
    ['metadata.flags', '[1,2]', ['r2']],
    ['source', 'web', ['r2']],
    ['a.b', 'nested', ['r3']],
    ['a.b', 'c', ['r1']],
    ['input.toString', 'x', []],
    ['input.__proto__', '{}', []],
    ['metadata', 'undefined', []],
    ['nowhere', 'undefined', []],
  ])('%s=%s', async (key, value, keys) => {
    expect(await select(dataset, { filters: [{ key, value }] })).toEqual(keys)
  })

  it('must all match, and so must the wanted ids', async () => {
    const filters = [
      { key: 'input.lang', value: 'de' },
      { key: 'tag', value: 'plain' },
    ]
    expect(await select(dataset, { filters })).toEqual(['r0'])
    expect(await select(dataset, { filters, records: ['r1'] })).toEqual([])
    expect(await select(dataset, { records: ['r3', 'r1', 'none'] })).toEqual(['r1', 'r3'])
  })

  it('come before the sample', async () => {
    expect(await select(dataset, { filters: [{ key: 'lang', value: 'de' }], sampleSize: 2 })).toEqual(['r0', 'r2'])
  })
})

describe('a sample without a seed', () => {
  it('is the first records', async () => {
    const property = fc.asyncProperty(
      fc.nat(30),
      fc.nat(35),
      fc.integer({ min: 1, max: 8 }),
      async (count, size, batchSize) => {
        const records = numbered(count)
        const keys = records.slice(0, size).map(({ key }) => key)
        expect(await select(records, { sampleSize: size }, batchSize)).toEqual(keys)
      },
    )
    await fc.assert(property)
  })

  it('reads no further than it must', async () => {
    let batches = 0
    async function* endless(): AsyncGenerator<readonly RecordText[]> {
      for (;;) {
        batches++
        yield numbered(4)
      }
    }
    await keysOf(selectRecords(endless(), { filters: [], records: [], sampleSize: 8 }))
    expect(batches).toBe(2)
  })
})

describe('a sample with a seed', () => {
  const sample = (count: number, size: number, seed: number, batchSize?: number): Promise<string[]> =>
    select(numbered(count), { sampleSize: size, sampleSeed: seed }, batchSize)

  it('is the same each time, however the records are batched, and in the order of the dataset', async () => {
    const property = fc.asyncProperty(
      fc.nat(50),
      fc.nat(60),
      fc.integer(),
      fc.integer({ min: 1, max: 9 }),
      async (count, size, seed, batchSize) => {
        const keys = await sample(count, size, seed)
        expect(await sample(count, size, seed, batchSize)).toEqual(keys)
        expect(keys.length).toBe(Math.min(count, size))
        const positions = keys.map((key) => Number(key.slice(1)))
        expect(positions).toEqual([...new Set(positions)].sort((a, b) => a - b))
      },
    )
    await fc.assert(property)
  })

  it('is another one for another seed', async () => {
    const samples = await Promise.all(Array.from({ length: 20 }, (_, seed) => sample(100, 5, seed)))
    expect(new Set(samples.map(String)).size).toBe(20)
  })

  it('takes each record about equally often', async () => {
    const counts = new Map<string, number>()
    for (let seed = 0; seed < 2_000; seed++) {
      for (const key of await sample(20, 5, seed, 20)) counts.set(key, (counts.get(key) ?? 0) + 1)
    }
    // 500 expected each, with a standard deviation of about 19: five of them either way.
    expect(counts.size).toBe(20)
    for (const count of counts.values()) expect(Math.abs(count - 500)).toBeLessThan(97)
  })
})

describe('the seeded random numbers', () => {
  it('are those of the published Mulberry32', () => {
    const random = createRandom(1)
    const first = Array.from({ length: 3 }, () => Math.floor(random() * 2 ** 32))
    expect(first).toEqual([2_693_262_067, 11_749_833, 2_265_367_787])
  })
})
