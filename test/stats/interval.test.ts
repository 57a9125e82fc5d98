import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { meanInterval, rateInterval } from '../../src/stats/interval.ts'

function wilson(passed: number, rows: number) {
  return rateInterval({ passed, rows, records: rows, effectiveRows: rows })
}

describe('rateInterval', () => {
  // R. G. Newcombe, Statistics in Medicine 17 (1998) 857–872, table I, method 3 (score, no continuity correction).
  it.each([
    [81, 263, 0.2553, 0.3662],
    [15, 148, 0.0624, 0.1605],
    [0, 20, 0, 0.1611],
    [1, 29, 0.0061, 0.1718],
  ])('of %d in %d is what Newcombe published', (passed, rows, low, high) => {
    const interval = wilson(passed, rows)
    expect(interval.low).toBeCloseTo(low, 4)
    expect(interval.high).toBeCloseTo(high, 4)
  })

  // scipy 1.17.1: binomtest(81, 263).proportion_ci(method='wilson').
  it('agrees with scipy to twelve digits', () => {
    expect(wilson(81, 263).low).toBeCloseTo(0.2552885198782742, 12)
    expect(wilson(81, 263).high).toBeCloseTo(0.36620957698280004, 12)
  })

  it('lies in [0, 1], holds the rate, and mirrors when passes and failures change places', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1_000_000 }), fc.double({ min: 0, max: 1, noNaN: true }), (rows, share) => {
        const passed = Math.round(rows * share)
        const interval = wilson(passed, rows)
        const mirrored = wilson(rows - passed, rows)
        expect(interval.low).toBeGreaterThanOrEqual(0)
        expect(interval.high).toBeLessThanOrEqual(1)
        expect(interval.low).toBeLessThanOrEqual(passed / rows)
        expect(interval.high).toBeGreaterThanOrEqual(passed / rows)
        expect(interval.low).toBeCloseTo(1 - mirrored.high, 10)
      }),
    )
  })

  it('is narrower with more effective rows', () => {
    const of = (effectiveRows: number) => rateInterval({ passed: 60, rows: 100, records: 25, effectiveRows })
    expect(of(25).low).toBeLessThan(of(100).low)
    expect(of(25).high).toBeGreaterThan(of(100).high)
  })

  it.each([
    [4, 100, 100, true],
    [96, 100, 100, true],
    [5, 100, 100, false],
    [95, 100, 100, false],
    [14, 29, 29, true],
    [15, 30, 30, false],
    [60, 116, 29, true],
  ])('of %d in %d rows of %d records: rough is %s', (passed, rows, records, rough) => {
    expect(rateInterval({ passed, rows, records, effectiveRows: rows }).rough).toBe(rough)
  })
})

describe('meanInterval', () => {
  it('is mean ± t times the standard error with records − 1 degrees of freedom', () => {
    const interval = meanInterval({ mean: 10, standardError: 1, records: 10 })
    expect(interval.low).toBeCloseTo(10 - 2.2621571627982, 10)
    expect(interval.high).toBeCloseTo(10 + 2.2621571627982, 10)
    expect(interval.rough).toBe(true)
  })

  it('of one record is the mean itself, and rough', () => {
    expect(meanInterval({ mean: 3, standardError: 0, records: 1 })).toEqual({ low: 3, high: 3, rough: true })
  })

  it('is not rough from 30 records on', () => {
    expect(meanInterval({ mean: 3, standardError: 1, records: 29 }).rough).toBe(true)
    expect(meanInterval({ mean: 3, standardError: 1, records: 30 }).rough).toBe(false)
  })

  it('is finite however large the spread', () => {
    const { low, high } = meanInterval({ mean: 0, standardError: Number.POSITIVE_INFINITY, records: 9 })
    expect([low, high]).toEqual([-Number.MAX_VALUE, Number.MAX_VALUE])
  })
})
