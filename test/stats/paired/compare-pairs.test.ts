import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { PairedDifference } from '../../../src/model/comparison.ts'
import { comparePairs } from '../../../src/stats/paired/compare-pairs.ts'

type Kind = 'boolean' | 'score'

function compare(baseline: readonly number[], candidate: readonly number[], kind: Kind): PairedDifference {
  return comparePairs({ baseline: Float64Array.from(baseline), candidate: Float64Array.from(candidate), kind })
}

const score = fc.double({ min: -100, max: 100, noNaN: true })
const share = fc.integer({ min: 0, max: 3 }).map((passed) => passed / 3)
const bit = fc.integer({ min: 0, max: 1 })
const kinds = [
  ['score', score],
  ['boolean', share],
  ['boolean', bit],
] as const

/** Two sides as one list of pairs. */
function sidesOf(value: fc.Arbitrary<number>, maxLength: number) {
  return fc.array(fc.tuple(value, value), { maxLength }).map((pairs) => ({
    baseline: pairs.map(([first]) => first),
    candidate: pairs.map(([, second]) => second),
  }))
}

function numbersOf({ interval, ...rest }: PairedDifference): number[] {
  return [rest.baseline, rest.candidate, rest.difference, rest.pValue, rest.detectable, interval.low, interval.high]
}

describe('comparePairs', () => {
  it.each(kinds)('mirrors when two sides of %s values change places', (kind, value) => {
    fc.assert(
      fc.property(sidesOf(value, 40), ({ baseline, candidate }) => {
        const forth = compare(baseline, candidate, kind)
        const back = compare(candidate, baseline, kind)
        expect(back.difference).toBeCloseTo(-forth.difference, 10)
        expect(back.interval.low).toBeCloseTo(-forth.interval.high, 10)
        expect(back.interval.high).toBeCloseTo(-forth.interval.low, 10)
        expect(back.pValue).toBeCloseTo(forth.pValue, 10)
        expect(back.detectable).toBeCloseTo(forth.detectable, 10)
      }),
      { numRuns: 50 },
    )
  })

  it.each(kinds)(
    'of %s values is finite and has a p-value above 0 and at most 1, an interval around the difference',
    (kind, value) => {
      const any = kind === 'score' ? fc.double({ noNaN: true, noDefaultInfinity: true }) : value
      fc.assert(
        fc.property(sidesOf(any, 30), ({ baseline, candidate }) => {
          const compared = compare(baseline, candidate, kind)
          expect(numbersOf(compared).every(Number.isFinite)).toBe(true)
          expect(compared.pValue).toBeGreaterThan(0)
          expect(compared.pValue).toBeLessThanOrEqual(1)
          expect(compared.interval.low).toBeLessThanOrEqual(compared.difference)
          expect(compared.interval.high).toBeGreaterThanOrEqual(compared.difference)
        }),
        { numRuns: 50 },
      )
    },
  )

  it.each([
    ['boolean', [0, 1, 0], [1, 1, 0], 'mcnemar-exact'],
    ['boolean', [0, 1 / 3, 0], [1, 1, 0], 'permutation'],
    ['score', [0, 1, 0], [1, 1, 0], 'permutation'],
  ] as const)('of %s values from %j and %j takes the test that fits: %4$s', (kind, baseline, candidate, test) => {
    expect(compare(baseline, candidate, kind).test).toBe(test)
  })

  it('takes McNemar mid-p above 1,000 discordant pairs, and Student above 2,000 pairs of scores', () => {
    const alternating = Array.from({ length: 2002 }, (_, index) => index % 2)
    const flipped = alternating.map((value, index) => (index < 1001 ? 1 - value : value))
    expect(compare(alternating, flipped, 'boolean').test).toBe('mcnemar-mid-p')
    const scores = alternating.map((value, index) => value + Math.sin(index))
    expect(compare(alternating, scores, 'score').test).toBe('paired-t')
    expect(compare(alternating.slice(0, 2000), scores.slice(0, 2000), 'score').test).toBe('permutation')
  })

  it('gives the same numbers for the same seed, and for its own', () => {
    const baseline = Array.from({ length: 100 }, (_, index) => Math.sin(index))
    const candidate = Array.from({ length: 100 }, (_, index) => Math.sin(index) + Math.cos(7 * index) / 3)
    expect(compare(baseline, candidate, 'score')).toEqual(compare(baseline, candidate, 'score'))
  })

  it('takes means that differ by their round-off alone for the same', () => {
    const compared = compare([0.1 + 0.2, 0.5], [0.3, 0.5], 'score')
    expect(compared).toMatchObject({ difference: 0, pValue: 1 })
  })

  it('of nothing knows nothing', () => {
    const nothing = { pairs: 0, difference: 0, pValue: 1, detectable: Number.MAX_VALUE }
    expect(compare([], [], 'boolean')).toMatchObject({ ...nothing, interval: { low: -1, high: 1, rough: true } })
    const unbounded = { low: -Number.MAX_VALUE, high: Number.MAX_VALUE, rough: true }
    expect(compare([], [], 'score')).toMatchObject({ ...nothing, interval: unbounded })
    expect(compare([1], [2], 'score')).toMatchObject({ pairs: 1, difference: 1, pValue: 1, interval: unbounded })
  })

  it('bounds booleans that never differ, and says of scores that never differ that it is rough', () => {
    const same = Array.from({ length: 100 }, (_, index) => (index % 4) / 3)
    const compared = compare(same, same, 'boolean')
    expect(compared.interval.high).toBeCloseTo(0.0369935, 6)
    expect(compared.interval.low).toBe(-compared.interval.high)
    expect(compare(same, same, 'score')).toMatchObject({ interval: { low: 0, high: 0, rough: true }, pValue: 1 })
  })

  it('refuses sides of two lengths', () => {
    expect(() => compare([1], [1, 2], 'score')).toThrow(RangeError)
  })
})
