import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Clusters } from '../../src/stats/clusters.ts'
import { passAtK, passHatK, stabilityOf } from '../../src/stats/stability.ts'

const tried = fc
  .integer({ min: 1, max: 30 })
  .chain((scored) =>
    fc.record({ scored: fc.constant(scored), passed: fc.nat(scored), k: fc.integer({ min: 1, max: scored }) }),
  )

function clustersOf(records: readonly (readonly number[])[]): Clusters {
  const clusters = new Clusters()
  for (const [record, values] of records.entries()) for (const value of values) clusters.add(record, value)
  return clusters
}

describe('passAtK', () => {
  // By the reference code of Chen et al. (github.com/openai/human-eval, estimate_pass_at_k): 1 − ∏ (1 − k / i) for i from
  // n − c + 1 to n, evaluated with NumPy 2.4.6.
  it.each([
    [10, 3, 1, 0.3],
    [10, 3, 5, 0.9166666666666667],
    [200, 20, 10, 0.660225623763214],
    [200, 1, 100, 0.5],
    [5, 5, 3, 1],
    [5, 0, 5, 0],
    [5, 4, 2, 1],
  ])('of %d runs with %d passes at k = %d is what HumanEval computes', (scored, passed, k, expected) => {
    expect(passAtK({ scored, passed }, k)).toBeCloseTo(expected, 12)
  })

  it('is the share of the subsets of k runs with a pass in them', () => {
    fc.assert(
      fc.property(fc.array(fc.boolean(), { minLength: 1, maxLength: 8 }), fc.nat(7), (runs, more) => {
        const k = 1 + (more % runs.length)
        const subsets = subsetsOf(runs, k)
        const runsOf = { scored: runs.length, passed: runs.filter(Boolean).length }
        expect(passAtK(runsOf, k)).toBeCloseTo(subsets.filter((some) => some.some(Boolean)).length / subsets.length, 12)
        expect(passHatK(runsOf, k)).toBeCloseTo(
          subsets.filter((some) => some.every(Boolean)).length / subsets.length,
          12,
        )
      }),
    )
  })

  it('is the pass rate at k = 1, grows with k, and is 1 − pass^k of the failures', () => {
    fc.assert(
      fc.property(tried, ({ scored, passed, k }) => {
        const runs = { scored, passed }
        expect(passAtK(runs, 1)).toBeCloseTo(passed / scored, 12)
        expect(passHatK(runs, 1)).toBeCloseTo(passed / scored, 12)
        expect(passAtK(runs, k)).toBeGreaterThanOrEqual(passed / scored - 1e-12)
        expect(passHatK(runs, k)).toBeLessThanOrEqual(passed / scored + 1e-12)
        expect(passAtK(runs, k)).toBeCloseTo(1 - passHatK({ scored, passed: scored - passed }, k), 12)
      }),
    )
  })
})

describe('stabilityOf', () => {
  it('tells records that always pass, never pass and pass at times apart', () => {
    const { passAt, ...rest } = stabilityOf(clustersOf([[1, 1, 1], [0, 0, 0], [1, 0, 1], [0, 1], [1]]), 3)
    expect(rest).toEqual({ stablePass: 1, stableFail: 1, flaky: 2, single: 1, flakyRecords: [2, 3] })
    expect(passAt.map(({ k, records }) => [k, records])).toEqual([
      [1, 5],
      [2, 4],
      [3, 3],
    ])
  })

  it('averages pass@k and pass^k over the records that have so many values', () => {
    const { passAt } = stabilityOf(clustersOf([[1, 1, 0], [0, 0, 0], [1]]), 3)
    expect(passAt[1]).toEqual({ k: 2, records: 2, passAtK: 0.5, passHatK: expect.closeTo(1 / 6, 12) })
    expect(passAt[2]).toEqual({ k: 3, records: 2, passAtK: 0.5, passHatK: 0 })
  })

  it('tells a few numbers of runs when there are many, the largest among them', () => {
    const { passAt } = stabilityOf(clustersOf([[1, 0]]), 64)
    expect(passAt.map(({ k }) => k)).toEqual([1, 2, 3, 4, 5, 10, 20, 50, 64])
    expect(passAt.at(-1)).toEqual({ k: 64, records: 0 })
  })

  it('names the first 20 flaky records', () => {
    const { flaky, flakyRecords } = stabilityOf(clustersOf(Array.from({ length: 50 }, () => [0, 1])), 2)
    expect(flaky).toBe(50)
    expect(flakyRecords).toEqual(Array.from({ length: 20 }, (_, index) => index))
  })
})

function subsetsOf<T>(items: readonly T[], size: number): T[][] {
  if (size === 0) return [[]]
  return items.flatMap((item, index) => subsetsOf(items.slice(index + 1), size - 1).map((rest) => [item, ...rest]))
}
