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
})
