import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { holm } from '../../../src/stats/paired/holm.ts'

const pValues = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 20 })

describe('holm', () => {
  // By the definition of R's p.adjust(p, 'holm'): cummax((n - i + 1) * sorted p), at most 1, back in order.
  it.each([
    [
      [0.01, 0.02, 0.03, 0.04],
      [0.04, 0.06, 0.06, 0.06],
    ],
    [
      [0.04, 0.01, 0.03],
      [0.06, 0.03, 0.06],
    ],
    [
      [0.5, 0.9],
      [1, 1],
    ],
    [[0.02], [0.02]],
    [[], []],
  ])('of %j is %j', (given, adjusted) => {
    const got = holm(given)
    expect(got).toHaveLength(adjusted.length)
    for (const [index, value] of adjusted.entries()) expect(got[index]).toBeCloseTo(value, 12)
  })

  it('never makes a p-value smaller, nor larger than all of them times their number, and keeps their order', () => {
    fc.assert(
      fc.property(pValues, (given) => {
        const adjusted = holm(given)
        for (const [index, value] of adjusted.entries()) {
          const pValue = given[index] ?? Number.NaN
          expect(value).toBeGreaterThanOrEqual(pValue)
          expect(value).toBeLessThanOrEqual(Math.min(1, pValue * given.length))
          for (const [other, otherValue] of adjusted.entries()) {
            if ((given[other] ?? 0) < pValue) expect(otherValue).toBeLessThanOrEqual(value)
          }
        }
      }),
    )
  })

  it('gives the same whatever the order they come in', () => {
    fc.assert(
      fc.property(pValues, (given) => {
        expect(holm([...given].reverse()).reverse()).toEqual(holm(given))
      }),
    )
  })
})
