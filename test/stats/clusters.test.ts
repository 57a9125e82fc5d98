import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Clusters, effectiveRows } from '../../src/stats/clusters.ts'
import { addMoment, NO_MOMENTS, sampleVariance } from '../../src/stats/moments.ts'

interface Entry {
  readonly record: number
  readonly value: number
}

function clustersOf(entries: readonly Entry[]): Clusters {
  const clusters = new Clusters()
  for (const { record, value } of entries) clusters.add(record, value)
  return clusters
}

function varianceOf(values: readonly number[]): number {
  const moments = { ...NO_MOMENTS }
  for (const value of values) addMoment(moments, value)
  return sampleVariance(moments)
}

const score = fc.double({ min: -1000, max: 1000, noNaN: true })
const entries = fc.array(fc.record({ record: fc.nat(10_000), value: score }))

describe('Clusters', () => {
  it('of one row for each record has the ordinary standard error of a mean', () => {
    fc.assert(
      fc.property(fc.array(score, { minLength: 2 }), (values) => {
        const { standardError } = clustersOf(values.map((value, record) => ({ record, value }))).spread()
        expect(standardError).toBeCloseTo(Math.sqrt(varianceOf(values) / values.length), 8)
      }),
    )
  })

  it('of as many rows for every record has the standard error of the records means', () => {
    const rows = fc.array(fc.tuple(score, score, score), { minLength: 2 })
    fc.assert(
      fc.property(rows, (records) => {
        const all = records.flatMap((values, record) => values.map((value) => ({ record, value })))
        const means = records.map(([a, b, c]) => (a + b + c) / 3)
        expect(clustersOf(all).spread().standardError).toBeCloseTo(Math.sqrt(varianceOf(means) / means.length), 8)
      }),
    )
  })

  // By hand: mean 0.6; residual sums 0.8, -1.2, 0.4; V = 3/2 * (0.64 + 1.44 + 0.16) / 25 = 0.1344.
  it('of records with different numbers of rows has the standard error computed by hand', () => {
    const sample = [
      { record: 0, value: 1 },
      { record: 0, value: 1 },
      { record: 1, value: 0 },
      { record: 1, value: 0 },
      { record: 2, value: 1 },
    ]
    expect(clustersOf(sample).spread()).toMatchObject({ records: 3, rows: 5, mean: 0.6 })
    expect(clustersOf(sample).spread().standardError ** 2).toBeCloseTo(0.1344, 12)
  })

  it('merges into what one would be that was given everything, in either order', () => {
    fc.assert(
      fc.property(entries, entries, (left, right) => {
        const whole = clustersOf([...left, ...right]).spread()
        for (const merged of [clustersOf(left).merge(clustersOf(right)), clustersOf(right).merge(clustersOf(left))]) {
          const spread = merged.spread()
          expect([spread.records, spread.rows]).toEqual([whole.records, whole.rows])
          if (whole.rows === 0) continue
          expect(spread.mean).toBeCloseTo(whole.mean, 8)
          expect(spread.standardError).toBeCloseTo(whole.standardError, 6)
        }
      }),
    )
  })

  it('is not changed by being merged', () => {
    const left = clustersOf([{ record: 1, value: 1 }])
    const merged = left.merge(clustersOf([{ record: 1, value: 0 }]))
    merged.add(1, 5)
    expect(left.spread()).toMatchObject({ records: 1, rows: 1, mean: 1 })
  })
})

describe('effectiveRows', () => {
  const passes = fc.array(fc.array(fc.boolean(), { minLength: 1, maxLength: 5 }), { minLength: 1 })

  it('lies between the number of records and the number of rows', () => {
    fc.assert(
      fc.property(passes, (records) => {
        const all = records.flatMap((values, record) => values.map((value) => ({ record, value: Number(value) })))
        const effective = effectiveRows(clustersOf(all).spread())
        expect(effective).toBeGreaterThanOrEqual(records.length)
        expect(effective).toBeLessThanOrEqual(all.length)
      }),
    )
  })

  it('is the number of records when the rows of a record never differ', () => {
    const all = Array.from({ length: 40 }, (_, index) => ({ record: index % 10, value: Number(index % 10 < 6) }))
    expect(effectiveRows(clustersOf(all).spread())).toBe(10)
  })

  it('is the number of rows when every record has one', () => {
    const all = Array.from({ length: 40 }, (_, record) => ({ record, value: Number(record % 3 === 0) }))
    expect(effectiveRows(clustersOf(all).spread())).toBeCloseTo(40, 9)
  })

  it('is the number of rows when every record passes in half of its runs', () => {
    const all = Array.from({ length: 40 }, (_, index) => ({ record: index >> 1, value: index & 1 }))
    expect(effectiveRows(clustersOf(all).spread())).toBe(40)
  })

  it('is the number of records when every row passes', () => {
    const all = Array.from({ length: 40 }, (_, index) => ({ record: index >> 1, value: 1 }))
    expect(effectiveRows(clustersOf(all).spread())).toBe(20)
  })
})
