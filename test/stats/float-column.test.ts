import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { FloatColumn } from '../../src/stats/float-column.ts'
import { Latencies } from '../../src/stats/latencies.ts'

function columnOf(values: Iterable<number>): FloatColumn {
  const column = new FloatColumn()
  for (const value of values) column.push(value)
  return column
}

const finite = fc.double({ noNaN: true, noDefaultInfinity: true })

describe('FloatColumn', () => {
  it('gives back all values, sorted, however many chunks they filled', () => {
    const values = Array.from({ length: 200_000 }, (_, index) => (index * 7919) % 200_000)
    const sorted = columnOf(values).sorted()
    expect(sorted.length).toBe(200_000)
    expect(sorted.every((value, index) => value === index)).toBe(true)
  })

  it('joins two columns, and neither growing on changes the other', () => {
    fc.assert(
      fc.property(fc.array(finite), fc.array(finite), fc.array(finite), (left, right, more) => {
        const first = columnOf(left)
        const second = columnOf(right)
        const both = first.concat(second)
        for (const value of more) {
          first.push(value)
          both.push(value)
        }
        expect(both.length).toBe(left.length + right.length + more.length)
        expect(both.sorted()).toEqual(Float64Array.from([...left, ...right, ...more]).sort())
        expect(first.sorted()).toEqual(Float64Array.from([...left, ...more]).sort())
        expect(second.sorted()).toEqual(Float64Array.from(right).sort())
      }),
    )
  })
})

describe('Latencies', () => {
  it('have no summary without a value', () => {
    expect(new Latencies().summarize()).toBeUndefined()
  })

  it('merge into the quantiles of all values', () => {
    const [odd, even] = [new Latencies(), new Latencies()]
    for (let value = 1; value <= 100; value++) (value % 2 === 1 ? odd : even).add(value)
    const summary = odd.merge(even).summarize()
    expect(summary?.p50).toBe(50.5)
    expect(summary?.p95).toBeCloseTo(95.05, 12)
    expect(summary?.max).toBe(100)
  })
})
