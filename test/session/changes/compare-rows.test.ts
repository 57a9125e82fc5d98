import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Verdict } from '../../../src/model/row.ts'
import { compareRows } from '../../../src/session/changes/compare-rows.ts'
import type { RowDigest, RowDigests } from '../../../src/session/changes/digests.ts'

function digest(changes: Partial<RowDigest> = {}): RowDigest {
  return { position: 0, isFailing: false, verdicts: new Map(), content: 'a', ...changes }
}

function verdicts(entries: { readonly [label: string]: Verdict }): Map<string, Verdict> {
  return new Map(Object.entries(entries))
}

function kindOf(before: RowDigest | undefined, after: RowDigest | undefined): string[] {
  const digests = (one: RowDigest | undefined): RowDigests => new Map(one === undefined ? [] : [['1/a', one]])
  const { counts } = compareRows(digests(before), digests(after), 10)
  return Object.entries(counts).flatMap(([kind, count]) => (count === 0 ? [] : [kind]))
}

describe('a row', () => {
  it.each([
    ['broken', digest(), digest({ isFailing: true, content: 'b' })],
    ['fixed', digest({ isFailing: true }), digest()],
    ['changed', digest(), digest({ content: 'b' })],
    ['changed', digest({ isFailing: true }), digest({ isFailing: true, content: 'b' })],
    [
      'changed',
      digest({ verdicts: verdicts({ x: 'fail', y: 'pass' }) }),
      digest({ verdicts: verdicts({ x: 'fail', y: 'fail' }) }),
    ],
    ['changed', digest(), digest({ verdicts: verdicts({ x: 'pass' }) })],
    ['same', digest(), digest({ position: 7 })],
    [
      'same',
      digest({ verdicts: verdicts({ x: 'pass', y: 'fail' }) }),
      digest({ verdicts: verdicts({ y: 'fail', x: 'pass' }) }),
    ],
    ['new', undefined, digest()],
    ['removed', digest(), undefined],
  ])('is %s', (kind, before, after) => {
    expect(kindOf(before, after)).toEqual([kind])
  })
})

it('names the first units of each kind in the order of the dataset', () => {
  const after = new Map([4, 2, 0, 3, 1].map((position) => [`1/r${position}`, digest({ position })]))
  expect(compareRows(new Map(), after, 3).units.new).toEqual(['1/r0', '1/r1', '1/r2'])
  expect(compareRows(after, new Map(), 3).units.removed).toEqual(['1/r0', '1/r1', '1/r2'])
})

it('counts for each label the rows about which it changed its mind; an error is no pass', () => {
  const before = new Map([
    ['1/a', digest({ verdicts: verdicts({ x: 'fail', y: 'pass' }) })],
    ['1/b', digest({ verdicts: verdicts({ x: 'error', y: 'pass' }) })],
    ['1/c', digest({ verdicts: verdicts({ x: 'fail' }) })],
  ])
  const after = new Map([
    ['1/a', digest({ verdicts: verdicts({ x: 'pass', y: 'error' }) })],
    ['1/b', digest({ verdicts: verdicts({ x: 'fail', y: 'pass' }) })],
    ['1/c', digest({ verdicts: verdicts({ x: 'pass', y: 'fail' }) })],
  ])
  expect(compareRows(before, after, 10).flips).toEqual(
    new Map([
      ['x', { fixed: 2, broken: 0 }],
      ['y', { fixed: 0, broken: 1 }],
    ]),
  )
})

describe('of any two experiments', () => {
  const anyDigest = fc.record({
    position: fc.nat(20),
    isFailing: fc.boolean(),
    verdicts: fc
      .dictionary(fc.constantFrom('x', 'y'), fc.constantFrom('pass', 'fail', 'error' as const))
      .map((entries) => verdicts(entries)),
    content: fc.constantFrom('a', 'b'),
  })
  const anyDigests = fc
    .dictionary(fc.constantFrom('1/a', '1/b', '1/c', '2/a', '2/b'), anyDigest)
    .map((digests): RowDigests => new Map(Object.entries(digests)))

  it('every unit is counted once: common ones as broken, fixed, changed or same', () => {
    fc.assert(
      fc.property(anyDigests, anyDigests, (before, after) => {
        const { counts } = compareRows(before, after, 10)
        const common = [...before.keys()].filter((name) => after.has(name)).length
        expect(counts.broken + counts.fixed + counts.changed + counts.same).toBe(common)
        expect(counts.new).toBe(after.size - common)
        expect(counts.removed).toBe(before.size - common)
      }),
    )
  })

  it('the other way round broken is fixed and new is removed', () => {
    fc.assert(
      fc.property(anyDigests, anyDigests, (before, after) => {
        const there = compareRows(before, after, 10).counts
        const back = compareRows(after, before, 10).counts
        expect(back).toEqual({
          ...there,
          broken: there.fixed,
          fixed: there.broken,
          new: there.removed,
          removed: there.new,
        })
      }),
    )
  })

  it('nothing differs from itself', () => {
    fc.assert(
      fc.property(anyDigests, (digests) => {
        const { counts, flips } = compareRows(digests, digests, 10)
        expect(counts.same).toBe(digests.size)
        expect(flips.size).toBe(0)
      }),
    )
  })
})
