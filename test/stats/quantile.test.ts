import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { quantile } from '../../src/stats/quantile.ts'
import { mpg } from './published.ts'

const sortedMpg = Float64Array.from(mpg).sort()

describe('quantile', () => {
  it('of mtcars$mpg is what R documents: 10.400 15.425 19.200 22.800 33.900', () => {
    const got = [0, 0.25, 0.5, 0.75, 1].map((p) => quantile(sortedMpg, p))
    expect(got).toEqual([10.4, 15.425, 19.2, 22.8, 33.9])
  })

  it('interpolates the 95 % point of mtcars$mpg to 31.3, as R and NumPy do', () => {
    expect(quantile(sortedMpg, 0.95)).toBeCloseTo(31.3, 12)
  })

  it('of 1:10 is 1.00 3.25 5.50 7.75 10.00, as in R', () => {
    const values = Float64Array.from({ length: 10 }, (_, index) => index + 1)
    expect([0, 0.25, 0.5, 0.75, 1].map((p) => quantile(values, p))).toEqual([1, 3.25, 5.5, 7.75, 10])
  })

  it('of one value is that value', () => {
    expect(quantile(Float64Array.of(7), 0.95)).toBe(7)
  })

  it('stays within the values and never falls as p grows', () => {
    const finite = fc.double({ noNaN: true, noDefaultInfinity: true })
    const share = fc.double({ min: 0, max: 1, noNaN: true })
    fc.assert(
      fc.property(fc.array(finite, { minLength: 1 }), share, share, (values, a, b) => {
        const sorted = Float64Array.from(values).sort()
        const [low, high] = [quantile(sorted, Math.min(a, b)), quantile(sorted, Math.max(a, b))]
        const slack = 1e-12 * Math.max(Math.abs(low), Math.abs(high))
        expect(low).toBeLessThanOrEqual(high + slack)
        expect(low).toBeGreaterThanOrEqual((sorted[0] ?? 0) - slack)
        expect(high).toBeLessThanOrEqual((sorted.at(-1) ?? 0) + slack)
      }),
    )
  })
})
