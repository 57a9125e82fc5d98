import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { mcnemarExact } from '../../../src/stats/paired/mcnemar.ts'
import { pairedRateInterval } from '../../../src/stats/paired/tango.ts'

const table = fc
  .record({ fixed: fc.nat(300), broken: fc.nat(300), same: fc.nat(1000) })
  .filter(({ fixed, broken, same }) => fixed + broken + same > 0)

describe('pairedRateInterval', () => {
  // The unknown cell found by a numerical search of the likelihood, the ends by scipy 1.17.1's brentq. The first are the data
  // of Bentur et al. (2009) in Fagerland, Lydersen & Laake, Statistics in Medicine 33 (2014) 2850–2875; the second the
  // example of `scoreci.mp` in R's PropCIs.
  it.each([
    [1, 7, 21, -0.5172323, -0.026003],
    [40, 20, 160, 0.0308645, 0.2180642],
    [0, 0, 100, -0.0369935, 0.0369935],
    [3, 0, 40, -0.0191932, 0.1986424],
  ])('of %d fixed and %d broken of %d pairs inverts the score test', (fixed, broken, pairs, low, high) => {
    const interval = pairedRateInterval({ fixed, broken }, pairs)
    expect(interval.low).toBeCloseTo(low, 6)
    expect(interval.high).toBeCloseTo(high, 6)
  })

  it('lies in [−1, 1], holds the difference, and mirrors when the sides change places', () => {
    fc.assert(
      fc.property(table, ({ fixed, broken, same }) => {
        const pairs = fixed + broken + same
        const { low, high } = pairedRateInterval({ fixed, broken }, pairs)
        const difference = (fixed - broken) / pairs
        expect(low).toBeGreaterThanOrEqual(-1)
        expect(high).toBeLessThanOrEqual(1)
        expect(low).toBeLessThanOrEqual(difference)
        expect(high).toBeGreaterThanOrEqual(difference)
        expect(pairedRateInterval({ fixed: broken, broken: fixed }, pairs)).toEqual({ low: -high, high: 0 - low })
      }),
    )
  })

  it('never holds 0 where the exact test sees a difference', () => {
    const contradictions: string[] = []
    for (let discordant = 1; discordant <= 200; discordant++) {
      for (let fixed = 0; fixed <= discordant / 2; fixed++) {
        const broken = discordant - fixed
        if (mcnemarExact({ fixed, broken }) > 0.05) continue
        for (const pairs of [discordant, discordant + 10, 10 * discordant]) {
          if (pairedRateInterval({ fixed, broken }, pairs).high >= 0) contradictions.push(`${fixed} ${broken} ${pairs}`)
        }
      }
    }
    expect(contradictions).toEqual([])
  })
})
