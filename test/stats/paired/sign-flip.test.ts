import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { mcnemarExact } from '../../../src/stats/paired/mcnemar.ts'
import { signFlipPValue } from '../../../src/stats/paired/sign-flip.ts'
import { sleepDifferences } from '../published.ts'

function pValueOf(differences: readonly number[], seed = 1): number {
  return signFlipPValue(Float64Array.from(differences), seed)
}

const roots = Array.from({ length: 10 }, (_, index) => Math.sqrt(index + 1) * ([1, 4, 8].includes(index) ? -1 : 1))
const thirds = [1, -1, 2, 1, 1, -2, 3, 1, 1, 2, 1, -1].map((passed) => passed / 3)
const ratings = [1, -1, 2, 0, 1, 1, -2, 3, 1, 0, -1, 1, 2, 1, -1, 1, 0, 1, 1, -1, 2, 1, -3, 1, 1, 0, 2, -1, 1, 1]

describe('signFlipPValue', () => {
  // scipy 1.17.1: permutation_test((d,), mean, permutation_type='samples', n_resamples=inf).pvalue; the last one by counting
  // sums in Python, as 2^30 are too many.
  it.each([
    ['the sleep data', sleepDifferences, 0.00390625],
    ['ten square roots', roots, 0.2265625],
    ['thirds of three runs', thirds, 0.1396484375],
    ['thirty ratings', ratings, 0.06190648674964905],
  ])('of %s is what SciPy gives', (_, differences, expected) => {
    expect(pValueOf(differences)).toBeCloseTo(expected, 10)
  })

  it('at random comes close to the exact one, and is the same for the same seed', () => {
    const moved = ratings.map((rating, index) => rating && rating + 1e-4 * Math.sin(index))
    // All 2^26 sums in Python, in two halves.
    const exact = 0.04326730966567993
    const standardError = Math.sqrt((exact * (1 - exact)) / 10_000)
    const got = [1, 2, 3, 4, 5].map((seed) => pValueOf(moved, seed))
    for (const pValue of got) expect(Math.abs(pValue - exact)).toBeLessThan(4 * standardError)
    expect(new Set(got).size).toBeGreaterThan(1)
    expect(pValueOf(moved, 1)).toBe(got[0])
  })

  it('of differences −1, 0 and 1 is the exact p-value of McNemar', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -1, max: 1 }), { maxLength: 60 }), (differences) => {
        const fixed = differences.filter((difference) => difference === 1).length
        const broken = differences.filter((difference) => difference === -1).length
        expect(pValueOf(differences)).toBeCloseTo(mcnemarExact({ fixed, broken }), 10)
      }),
    )
  })

  it('does not depend on the order of the pairs, where it is exact', () => {
    const value = fc.double({ min: -10, max: 10, noNaN: true })
    fc.assert(
      fc.property(fc.array(value, { maxLength: 10 }), (differences) => {
        expect(pValueOf([...differences].reverse())).toBeCloseTo(pValueOf(differences), 10)
      }),
      { numRuns: 50 },
    )
  })

  it('does not depend on the unit, on a lattice or off it', () => {
    expect(pValueOf(ratings.map((rating) => rating * 7))).toBeCloseTo(pValueOf(ratings), 12)
    expect(pValueOf(roots.map((root) => root * 1e-7))).toBe(pValueOf(roots))
  })
})
