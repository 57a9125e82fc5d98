import { describe, expect, it } from 'vitest'
import { checkDatasetSource } from '../../src/contracts.ts'
import { openDataset } from '../../src/datasets/open-dataset.ts'
import { readRecords } from '../../src/datasets/read-records.ts'
import type { DatasetRecord } from '../../src/model/dataset.ts'
import { openOptions, problemsOf, readItems } from '../datasets/read-all.ts'

/** Makes a dataset of these items. What is no record must come back as an invalid item. */
export type MakeDataset = (items: readonly unknown[]) => Promise<unknown>

const records: readonly DatasetRecord[] = [
  { id: 'a/../b', input: { question: 'one' }, expectedOutput: 1, metadata: { from: 'here' }, tags: ['lang:en'] },
  { input: null },
  { input: 'U+0000 \u0000, a lone surrogate \ud800, \u2028, \u202e, 👩‍👩‍👧', expectedOutput: [] },
  { input: JSON.parse('{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}') },
]
const numbered = Array.from({ length: 100 }, (_, input) => ({ input }))

/** What every source of records must do. Run it for each new one. */
export function datasetSourceContract(name: string, makeDataset: MakeDataset): void {
  const makeSource = async (items: readonly unknown[]) => openDataset(await makeDataset(items)).source

  describe(`the contract of dataset sources: ${name}`, () => {
    it.each<[string, readonly unknown[], readonly (DatasetRecord | 'invalid')[]]>([
      ['records of all kinds', records, records],
      ['nothing', [], []],
      ['many records', numbered, numbered],
      [
        'what is no record',
        [{ input: 1 }, { expected: 2 }, 'three', { input: 4 }],
        [{ input: 1 }, 'invalid', 'invalid', { input: 4 }],
      ],
    ])('is kept with %s', async (_what, items, expected) => {
      expect(await checkDatasetSource(() => makeDataset(items), { expected })).toEqual([])
    })

    it('D7 keeps __proto__ keys as data, which pollute nothing', async () => {
      const last = (await readItems(await makeSource(records))).at(-1)
      expect(JSON.stringify(last?.status === 'record' && last.record.input)).toBe(JSON.stringify(records.at(-1)?.input))
      expect(Reflect.get({}, 'polluted')).toBeUndefined()
    })

    it('says what it expected and what it got where there is no record', async () => {
      const problems = problemsOf(await readItems(await makeSource([{ expected: 2 }, 'three'])))
      expect(problems).toHaveLength(2)
      for (const { message } of problems) expect(message).toMatch(/expected .*, got /)
    })

    it('is read in batches that are no larger than asked for', async () => {
      const sizes: number[] = []
      const batches = readRecords(await makeSource(numbered), { open: openOptions(), batchSize: 8 })
      for await (const batch of batches) sizes.push(batch.length)
      expect(Math.max(...sizes)).toBeLessThanOrEqual(8)
      expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(100)
    })
  })
}
