import { describe, expect, it } from 'vitest'
import { readRecords } from '../../src/datasets/read-records.ts'
import type { DatasetRecord, DatasetSource } from '../../src/model/dataset.ts'
import { openOptions, problemsOf, readItems } from '../datasets/read-all.ts'

/** Makes a source of these items. What is no record must come back as an invalid item. */
export type MakeSource = (items: readonly unknown[]) => Promise<DatasetSource>

const records: readonly DatasetRecord[] = [
  { id: 'a/../b', input: { question: 'one' }, expectedOutput: 1, metadata: { from: 'here' }, tags: ['lang:en'] },
  { input: null },
  { input: 'U+0000 \u0000, a lone surrogate \ud800, \u2028, \u202e, 👩‍👩‍👧', expectedOutput: [] },
  { input: JSON.parse('{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}') },
]

/** What every source of records must do. Run it for each new one. */
export function datasetSourceContract(name: string, makeSource: MakeSource): void {
  describe(`the contract of dataset sources: ${name}`, () => {
    it('gives its records whole and in order', async () => {
      const items = await readItems(await makeSource(records))
      expect(items.map((item) => item.status === 'record' && item.record)).toEqual(records)
    })

    it('gives nothing when it has nothing', async () => {
      expect(await readItems(await makeSource([]))).toEqual([])
    })

    it('describes itself in one line of text', async () => {
      expect((await makeSource(records)).description).toMatch(/^[^\p{Cc}]+$/u)
    })

    it('D7 keeps __proto__ keys as data, which pollute nothing', async () => {
      const items = await readItems(await makeSource(records))
      const last = items.at(-1)
      expect(JSON.stringify(last?.status === 'record' && last.record.input)).toBe(JSON.stringify(records.at(-1)?.input))
      expect(Reflect.get({}, 'polluted')).toBeUndefined()
    })

    it('reports what is no record in its place and goes on', async () => {
      const items = await readItems(await makeSource([{ input: 1 }, { expected: 2 }, 'three', { input: 4 }]))
      expect(items.map(({ status }) => status)).toEqual(['record', 'invalid', 'invalid', 'record'])
      for (const { message } of problemsOf(items)) expect(message).toMatch(/expected .*, got /)
    })

    it('starts from the beginning each time, when it is checked first', async () => {
      const source = await makeSource(records)
      const times = source.checkedFirst ? 2 : 1
      for (let time = 0; time < times; time++) expect(await readItems(source)).toHaveLength(records.length)
    })

    it('can be left in the middle', async () => {
      const source = await makeSource(Array.from({ length: 100 }, (_, input) => ({ input })))
      for await (const batch of source.read(openOptions({ batchSize: 10 }))) {
        expect(batch.length).toBeGreaterThan(0)
        break
      }
    })

    it('stops when its signal is aborted', async () => {
      const source = await makeSource(records)
      const reason = new Error('the run is being ended')
      await expect(readItems(source, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason)
    })

    it('is read in batches that are no larger than asked for', async () => {
      const source = await makeSource(Array.from({ length: 100 }, (_, input) => ({ input })))
      const sizes: number[] = []
      for await (const batch of readRecords(source, { open: openOptions(), batchSize: 8 })) sizes.push(batch.length)
      expect(Math.max(...sizes)).toBeLessThanOrEqual(8)
      expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(100)
    })
  })
}
