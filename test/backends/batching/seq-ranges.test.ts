import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { rangesOf, SeqRanges } from '../../../src/backends/batching/seq-ranges.ts'
import type { SeqRange } from '../../../src/model/push.ts'

const someRanges = fc.array(
  fc.tuple(fc.integer({ min: 1, max: 60 }), fc.nat(8)).map(([first, more]): SeqRange => [first, first + more]),
  { maxLength: 40 },
)

describe('positions kept as ranges', () => {
  it('hold what was added, whatever the order and however often', () => {
    fc.assert(
      fc.property(someRanges, (added) => {
        const ranges = new SeqRanges()
        const expected = new Set<number>()
        for (const [first, last] of added) {
          ranges.add([first, last])
          for (let seq = first; seq <= last; seq++) expected.add(seq)
          expect(ranges.size).toBe(expected.size)
        }
        for (let seq = 0; seq <= 70; seq++) expect(ranges.has(seq)).toBe(expected.has(seq))
      }),
    )
  })

  it('are as few as they can be, in order, and the same when they are read back', () => {
    fc.assert(
      fc.property(someRanges, (added) => {
        const ranges = new SeqRanges()
        for (const range of added) ranges.add(range)
        const written = ranges.ranges()
        for (const [index, [first, last]] of written.entries()) {
          expect(first).toBeLessThanOrEqual(last)
          expect(first - 1).toBeGreaterThan(written[index - 1]?.[1] ?? -1)
        }
        const read = new SeqRanges()
        for (const range of written) read.add(range)
        expect(read.ranges()).toEqual(written)
      }),
    )
  })

  it('are made from positions in any order', () => {
    expect(rangesOf([9, 3, 4, 8, 1, 10, 4])).toEqual([
      [1, 1],
      [3, 4],
      [8, 10],
    ])
    expect(rangesOf([])).toEqual([])
  })
})
