import { describe, expect, it } from 'vitest'
import { comparePairs } from '../../../src/stats/paired/compare-pairs.ts'
import { verdictOf } from '../../../src/stats/paired/verdict.ts'
import { booleanPairs, createWorld, drawSides, type PairWorld, scorePairs, threeRuns } from './worlds.ts'

const EXPERIMENTS = 2000
/** 5 % and three standard errors of a share of 2,000. */
const MOST = 0.05 + 3 * Math.sqrt((0.05 * 0.95) / EXPERIMENTS)

const worlds: readonly PairWorld[] = [
  { name: 'booleans', test: 'mcnemar-exact', kind: 'boolean', pairs: 200, draw: booleanPairs },
  { name: 'many booleans', test: 'mcnemar-mid-p', kind: 'boolean', pairs: 3000, draw: booleanPairs },
  {
    name: 'booleans of three correlated runs',
    test: 'permutation',
    kind: 'boolean',
    pairs: 50,
    draw: (world, effect) => booleanPairs(world, effect, threeRuns),
  },
  {
    name: 'scores',
    test: 'permutation',
    kind: 'score',
    pairs: 40,
    draw: (world, effect) => scorePairs(world, effect, world.uniform),
  },
  {
    name: 'skewed scores of three correlated runs',
    test: 'permutation',
    kind: 'score',
    pairs: 40,
    draw: (world, effect) => scorePairs(world, effect, () => world.exponential() ** 2, threeRuns),
  },
  {
    name: 'many skewed scores',
    test: 'paired-t',
    kind: 'score',
    pairs: 2001,
    draw: (world, effect) => scorePairs(world, effect, world.exponential),
  },
]

describe('2,000 pairs of experiments without a difference', () => {
  it.each(worlds)(
    'of $name are told to differ in 5 % at most, by $test',
    (pairWorld) => {
      const world = createWorld(1)
      let told = 0
      for (let seed = 0; seed < EXPERIMENTS; seed++) {
        const difference = comparePairs({ ...drawSides(pairWorld, world, 0), kind: pairWorld.kind, seed })
        expect(difference.test).toBe(pairWorld.test)
        const verdict = verdictOf({ difference, adjustedPValue: difference.pValue, direction: 'higher' })
        told += Number(verdict !== 'no evidence of a difference')
      }
      expect(told / EXPERIMENTS).toBeLessThanOrEqual(MOST)
      // A test that never tells anything would pass too.
      expect(told / EXPERIMENTS).toBeGreaterThan(0.02)
    },
    300_000,
  )
})
