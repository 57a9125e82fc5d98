import { describe, expect, it } from 'vitest'
import { comparePairs } from '../../../src/stats/paired/compare-pairs.ts'
import { booleanPairs, createWorld, drawSides, type PairWorld, scorePairs, threeRuns } from './worlds.ts'

const PILOTS = 20
const EXPERIMENTS = 400

const worlds: readonly PairWorld[] = [
  { name: '200 booleans', test: 'mcnemar-exact', kind: 'boolean', pairs: 200, draw: booleanPairs },
  { name: '3,000 booleans', test: 'mcnemar-mid-p', kind: 'boolean', pairs: 3000, draw: booleanPairs },
  {
    name: '200 booleans of three correlated runs',
    test: 'permutation',
    kind: 'boolean',
    pairs: 200,
    draw: (world, effect) => booleanPairs(world, effect, threeRuns),
  },
  {
    name: '200 scores',
    test: 'permutation',
    kind: 'score',
    pairs: 200,
    draw: (world, effect) => scorePairs(world, effect, world.uniform),
  },
  {
    name: '2,500 skewed scores',
    test: 'paired-t',
    kind: 'score',
    pairs: 2500,
    draw: (world, effect) => scorePairs(world, effect, world.exponential),
  },
]

describe('a real difference of the size that is told to be detectable', () => {
  it.each(worlds)(
    'is shown in 80 % of experiments with $name',
    (pairWorld) => {
      const world = createWorld(2)
      const compare = (effect: number, seed: number) =>
        comparePairs({ ...drawSides(pairWorld, world, effect), kind: pairWorld.kind, seed })
      let effect = 0
      for (let pilot = 0; pilot < PILOTS; pilot++) effect += compare(0, pilot).detectable / PILOTS
      let shown = 0
      for (let seed = 0; seed < EXPERIMENTS; seed++) {
        const { test, pValue, difference } = compare(effect, seed)
        expect(test).toBe(pairWorld.test)
        shown += Number(pValue <= 0.05 && difference > 0)
      }
      expect(shown / EXPERIMENTS).toBeGreaterThanOrEqual(0.7)
      expect(shown / EXPERIMENTS).toBeLessThanOrEqual(0.9)
    },
    300_000,
  )
})
