import { describe, expect, it } from 'vitest'
import { verdictOf } from '../../../src/stats/paired/verdict.ts'

describe('verdictOf', () => {
  it.each([
    [0.1, 0.05, 'higher', 'improved'],
    [-0.1, 0.05, 'higher', 'regressed'],
    [0.1, 0.01, 'lower', 'regressed'],
    [-0.1, 0.01, 'lower', 'improved'],
    [0.1, 0.0501, 'higher', 'no evidence of a difference'],
    [-0.9, 1, 'lower', 'no evidence of a difference'],
  ] as const)('of %d at p = %d where %s is better is "%s"', (difference, adjustedPValue, direction, verdict) => {
    expect(verdictOf({ difference: { difference }, adjustedPValue, direction })).toBe(verdict)
  })
})
