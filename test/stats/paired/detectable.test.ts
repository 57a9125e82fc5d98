import { describe, expect, it } from 'vitest'
import { detectableMean, detectableRate } from '../../../src/stats/paired/detectable.ts'

function ofSpread(pairs: number, standardDeviation: number): number {
  return detectableMean({ values: new Float64Array(pairs), mean: 0, standardDeviation, changed: pairs, unit: 1 })
}

describe('detectableMean', () => {
  // With the noncentral t of scipy 1.17.1, as R's power.t.test(n, power = 0.8, sd = 1, type = 'paired', strict = TRUE) has it.
  it.each([
    [6, 1.43454, 1],
    [10, 0.996, 2],
    [30, 0.52924, 3],
    [100, 0.282913, 4],
    [1000, 0.0886791, 5],
  ])('of %d pairs with standard deviation 1 is that of the noncentral t, %d', (pairs, expected, digits) => {
    expect(ofSpread(pairs, 1)).toBeCloseTo(expected, digits)
  })

  it('is in proportion to the spread', () => {
    expect(ofSpread(50, 3)).toBeCloseTo(3 * ofSpread(50, 1), 12)
  })

  it('is out of reach below six pairs', () => {
    expect(ofSpread(5, 1e-9)).toBe(Number.MAX_VALUE)
  })
})

describe('detectableRate', () => {
  it('solves the equation of Miettinen', () => {
    const difference = detectableRate({ pairs: 1000, discordant: 300, isExact: false })
    const left = difference * Math.sqrt(1000)
    expect(left).toBeCloseTo(
      1.959963984540054 * Math.sqrt(0.3) + 0.8416212335729143 * Math.sqrt(0.3 - difference ** 2),
      10,
    )
  })

  // Power of the exact test at these differences, all tables summed up with scipy 1.17.1: 0.846, 0.812, 0.818.
  it.each([
    [200, 20, 0.0672153],
    [200, 60, 0.1128061],
    [1000, 50, 0.0207844],
  ])('of %d pairs of which %d differ allows for the strictness of the exact test', (pairs, discordant, expected) => {
    expect(detectableRate({ pairs, discordant, isExact: true })).toBeCloseTo(expected, 6)
  })

  it('has an answer where nothing differs, as only what a difference needs would', () => {
    expect(detectableRate({ pairs: 200, discordant: 0, isExact: true })).toBeCloseTo(0.0481526, 6)
  })

  it('is out of reach below six pairs', () => {
    expect(detectableRate({ pairs: 5, discordant: 5, isExact: true })).toBe(Number.MAX_VALUE)
  })
})
