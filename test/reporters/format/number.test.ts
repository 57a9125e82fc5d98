import { describe, expect, it } from 'vitest'
import { formatCount, formatNumber, formatPercent } from '../../../src/reporters/format/number.ts'

describe('numbers', () => {
  it.each([
    [0, '0'],
    [-0, '0'],
    [3, '3'],
    [0.84213, '0.8421'],
    [84.2134, '84.21'],
    [-1.5, '-1.5'],
    [1234, '1,234'],
    [12345.678, '12,345.7'],
    [1_000_000, '1,000,000'],
    [19_500_000_000_000, '19,500,000,000,000'],
    [15_761_212_085_024.9, '1.576e+13'],
    [-1_000_000, '-1,000,000'],
    [0.00001, '1e-5'],
    [1e21, '1e+21'],
    [Number.NaN, '?'],
    [Number.POSITIVE_INFINITY, '?'],
  ])('%d is written %s', (value, text) => {
    expect(formatNumber(value)).toBe(text)
  })

  it.each([
    [0.8421, '84.2 %'],
    [1, '100.0 %'],
    [0, '0.0 %'],
    [0.99999, '>99.9 %'],
    [0.00001, '<0.1 %'],
    [Number.NaN, '? %'],
  ])('the share %d is written %s', (share, text) => {
    expect(formatPercent(share)).toBe(text)
  })

  it('agree with their noun', () => {
    expect([0, 1, 2000].map((count) => formatCount(count, 'row'))).toEqual(['0 rows', '1 row', '2,000 rows'])
  })
})
