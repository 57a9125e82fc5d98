import { expect, test } from 'vitest'
import { directionOf, hasCondition, type ThresholdInfo, toleranceOf } from '../../src/model/threshold.ts'

test.each<[ThresholdInfo | undefined, string]>([
  [undefined, 'higher'],
  [{}, 'higher'],
  [{ min: 0.9 }, 'higher'],
  [{ min: 0, max: 1 }, 'higher'],
  [{ max: 400 }, 'lower'],
  [{ max: 400, better: 'higher' }, 'higher'],
  [{ min: 1, better: 'lower' }, 'lower'],
  [{ tolerance: 1 }, 'higher'],
])('the good way of %j is %s', (threshold, direction) => {
  expect(directionOf(threshold)).toBe(direction)
})

test('nothing worse is tolerated unless it says so', () => {
  expect(toleranceOf(undefined)).toBe(0)
  expect(toleranceOf({ min: 1 })).toBe(0)
  expect(toleranceOf({ tolerance: 5 })).toBe(5)
})

test('a threshold has a condition where it has an end', () => {
  expect(hasCondition({ better: 'lower', tolerance: 5 })).toBe(false)
  expect(hasCondition({ min: 0 })).toBe(true)
  expect(hasCondition({ max: 0 })).toBe(true)
})
