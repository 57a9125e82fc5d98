import { describe, expect, it } from 'vitest'
import { advisedDelay, retryDelay } from '../../../src/backends/batching/retry.ts'
import { createRandom } from '../../../src/engine/select.ts'

describe('the delay before a backend is asked again', () => {
  it.each([
    [1, 500],
    [2, 1_000],
    [3, 2_000],
    [4, 4_000],
  ])('after %i failures in a row lies anywhere between nothing and %i ms', (failures, longest) => {
    expect(retryDelay(failures, () => 0)).toBe(0)
    expect(retryDelay(failures, () => 0.5)).toBe(longest / 2)
    expect(retryDelay(failures, () => 1 - 1e-9)).toBeCloseTo(longest, 3)
  })

  it.each([5, 6, 100, 10_000])('is at least 30 s after %i failures in a row', (failures) => {
    expect(retryDelay(failures, () => 0)).toBe(30_000)
    expect(retryDelay(failures, () => 0.999)).toBeLessThan(33_000)
  })
})

describe('the delay that a backend advises', () => {
  it.each([1, 2_000, 299_999, 300_000])('is never cut short: %i ms', (advice) => {
    const random = createRandom(1)
    for (let index = 0; index < 100; index++) expect(advisedDelay(advice, random)).toBeGreaterThanOrEqual(advice)
  })

  it('is followed for five minutes at most', () => {
    expect(advisedDelay(1e12, () => 0)).toBe(300_000)
    expect(advisedDelay(Number.POSITIVE_INFINITY, () => 0)).toBe(300_000)
  })

  it.each([undefined, 0, -5_000, Number.NaN])('is none at all for %s', (advice) => {
    expect(advisedDelay(advice, () => 0.9)).toBe(0)
  })
})
