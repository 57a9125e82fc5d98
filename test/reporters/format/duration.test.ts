import { describe, expect, it } from 'vitest'
import { formatClock, formatDuration, formatThroughput } from '../../../src/reporters/format/duration.ts'

describe('durations', () => {
  it.each([
    [0, '0.0 ms'],
    [0.42, '0.4 ms'],
    [9.96, '10 ms'],
    [999.6, '1.00 s'],
    [1240, '1.24 s'],
    [9999, '10.0 s'],
    [12_400, '12.4 s'],
    [59_960, '1 min 00 s'],
    [72_000, '1 min 12 s'],
    [3_599_999, '1 h 00 min'],
    [7_380_000, '2 h 03 min'],
    [Number.NaN, '?'],
  ])('%d ms is written %s', (milliseconds, text) => {
    expect(formatDuration(milliseconds)).toBe(text)
  })

  it.each([
    [0, '0 s'],
    [12_400, '12 s'],
    [59_600, '1 min 00 s'],
  ])('%d ms on a clock is %s', (milliseconds, text) => {
    expect(formatClock(milliseconds)).toBe(text)
  })
})

describe('throughput', () => {
  it.each([
    [100, 1000, '100 rows/s'],
    [40, 4200, '9.52 rows/s'],
    [1_000_000, 1000, '1,000,000 rows/s'],
    [0, 1000, '– rows/s'],
    [10, 0, '– rows/s'],
  ])('of %i rows in %i ms is %s', (rows, milliseconds, text) => {
    expect(formatThroughput(rows, milliseconds)).toBe(text)
  })
})
