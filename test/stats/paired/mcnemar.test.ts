import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { mcnemarExact, mcnemarMidP } from '../../../src/stats/paired/mcnemar.ts'

const counts = fc.record({ fixed: fc.nat(500), broken: fc.nat(500) })

describe('mcnemarExact', () => {
  // Fagerland, Lydersen & Laake, BMC Med. Res. Methodol. 13 (2013) 91, table 1 (Bentur et al. 2009): exact conditional 0.070.
  // The others: scipy 1.17.1, binomtest(fixed, fixed + broken).pvalue.
  it.each([
    [1, 7, 0.0703125],
    [0, 6, 0.03125],
    [86, 150, 3.715936139571387e-5],
    [5, 5, 1],
    [490, 510, 0.547972745924],
  ])('of %d fixed and %d broken records is what SciPy gives', (fixed, broken, pValue) => {
    expect(mcnemarExact({ fixed, broken })).toBeCloseTo(pValue, 10)
  })

  it('is 1 when nothing differs', () => {
    expect(mcnemarExact({ fixed: 0, broken: 0 })).toBe(1)
  })

  it('is the same for both sides, above 0 and at most 1', () => {
    fc.assert(
      fc.property(counts, ({ fixed, broken }) => {
        const pValue = mcnemarExact({ fixed, broken })
        expect(pValue).toBeGreaterThan(0)
        expect(pValue).toBeLessThanOrEqual(1)
        expect(mcnemarExact({ fixed: broken, broken: fixed })).toBe(pValue)
      }),
    )
  })
})

describe('mcnemarMidP', () => {
  // Fagerland et al. (2013), table 1: mid-p 0.039. The other: scipy, 2 * binom.cdf(k, n, .5) - binom.pmf(k, n, .5).
  it.each([
    [1, 7, 0.0390625],
    [5000, 5200, 0.0476759742],
  ])('of %d fixed and %d broken records is what SciPy gives', (fixed, broken, pValue) => {
    expect(mcnemarMidP({ fixed, broken })).toBeCloseTo(pValue, 9)
  })

  it('is less than the exact one, by less than 0.026 above 1,000 discordant pairs', () => {
    fc.assert(
      fc.property(fc.integer({ min: 501, max: 3000 }), fc.integer({ min: 501, max: 3000 }), (fixed, broken) => {
        const exact = mcnemarExact({ fixed, broken })
        const midP = mcnemarMidP({ fixed, broken })
        expect(midP).toBeLessThanOrEqual(exact)
        expect(midP).toBeGreaterThan(exact - 0.026)
      }),
    )
  })
})
