import { hash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createRecordIndex, type IndexedRecord } from '../../../src/backends/datadog/record-index.ts'

const digest = (text: string): string => hash('sha256', text, 'hex').slice(0, 16)
const traits = { expectedOutput: true, metadata: false, tags: true }
const record: IndexedRecord = { contentHash: '00000000ffffffff', traits }

describe('the index of a dataset', () => {
  it('gives back what was put in, and counts what was not asked for', () => {
    const index = createRecordIndex()
    index.add(digest('a'), record)
    index.add(digest('b'), record)
    index.add(digest('b'), { ...record, contentHash: 'abcdef0123456789' })

    expect([index.size, index.left, index.isTaken(digest('b'))]).toEqual([2, 2, false])
    expect(index.take(digest('b'))).toEqual({ contentHash: 'abcdef0123456789', traits })
    expect(index.take(digest('b'))).toEqual({ contentHash: 'abcdef0123456789', traits })
    expect(index.take(digest('c'))).toBeUndefined()
    expect([index.size, index.left, index.isTaken(digest('b')), index.isTaken(digest('c'))]).toEqual([
      2,
      1,
      true,
      false,
    ])
  })

  it('is a map, however many records there are', () => {
    const ids = fc.uniqueArray(fc.string(), { maxLength: 3_000, minLength: 1 })
    fc.assert(
      fc.property(ids, fc.array(fc.string()), (present, asked) => {
        const index = createRecordIndex()
        for (const id of present) index.add(digest(id), { ...record, contentHash: digest(`content of ${id}`) })
        const found = [...present, ...asked].map((id) => index.take(digest(id))?.contentHash)
        expect(found).toEqual(
          [...present, ...asked].map((id) => (present.includes(id) ? digest(`content of ${id}`) : undefined)),
        )
        expect([index.size, index.left]).toEqual([present.length, 0])
      }),
      { numRuns: 30 },
    )
  })

  it('knows every record of 200,000', () => {
    const index = createRecordIndex()
    const ids = Array.from({ length: 200_000 }, (_, number) => digest(String(number)))
    for (const id of ids) index.add(id, record)
    expect(index.size).toBe(200_000)
    expect(ids.filter((id) => index.take(id) === undefined)).toEqual([])
  })
})
