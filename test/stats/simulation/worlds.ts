import type { PairedTest } from '../../../src/model/comparison.ts'
import { RandomBits } from '../../../src/stats/random.ts'

/** Random numbers of a seeded world. */
export interface World {
  /** From 0 up to 1. */
  readonly uniform: () => number
  readonly normal: () => number
  /** Of the beta distribution with both parameters 2: the middle one of three. */
  readonly beta22: () => number
  /** Of the exponential distribution with mean 1: skewed. */
  readonly exponential: () => number
  readonly between: (low: number, high: number) => number
  readonly passes: (rate: number) => number
}

const AT_ONCE = 1024

export function createWorld(seed: number): World {
  const random = new RandomBits(seed)
  const words = new Uint32Array(AT_ONCE)
  let used = AT_ONCE
  const uniform = (): number => {
    if (used === AT_ONCE) {
      random.fill(words)
      used = 0
    }
    return (words[used++] ?? 0) / 0x1_0000_0000
  }
  return {
    uniform,
    normal: () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform()),
    beta22: () => {
      const [a, b, c] = [uniform(), uniform(), uniform()]
      return Math.max(Math.min(a, b), Math.min(Math.max(a, b), c))
    },
    exponential: () => -Math.log(1 - uniform()),
    between: (low, high) => low + (high - low) * uniform(),
    passes: (rate) => Number(uniform() < rate),
  }
}

/** How runs of one record are alike: each takes the record's own value with probability √correlation, else a fresh one. */
export interface Runs {
  readonly runs: number
  readonly correlation: number
}

const ONE_RUN: Runs = { runs: 1, correlation: 0 }

/** The values of one record's runs. */
export function drawRuns(world: World, draw: () => number, { runs, correlation }: Runs): number[] {
  const own = draw()
  if (runs === 1) return [own]
  const isOwn = Math.sqrt(correlation)
  return Array.from({ length: runs }, () => (world.uniform() < isOwn ? own : draw()))
}

/** The mean over one record's runs. */
export function drawMean(world: World, draw: () => number, runs: Runs): number {
  return drawRuns(world, draw, runs).reduce((sum, value) => sum + value, 0) / runs.runs
}

/** Two experiments on the same records, of which the candidate's values are larger by an effect. */
export interface PairWorld {
  readonly name: string
  readonly test: PairedTest
  readonly kind: 'boolean' | 'score'
  readonly pairs: number
  /** One record's value on both sides. */
  readonly draw: (world: World, effect: number) => readonly [baseline: number, candidate: number]
}

export function drawSides({ pairs, draw }: PairWorld, world: World, effect: number) {
  const baseline = new Float64Array(pairs)
  const candidate = new Float64Array(pairs)
  for (let record = 0; record < pairs; record++) {
    const [before, after] = draw(world, effect)
    baseline[record] = before
    candidate[record] = after
  }
  return { baseline, candidate }
}

/** Records are easy or hard, from 20 % to 80 %, and pass on both sides independently otherwise. */
export function booleanPairs(world: World, effect: number, runs = ONE_RUN): readonly [number, number] {
  const rate = world.between(0.2, 0.8)
  return [drawMean(world, () => world.passes(rate), runs), drawMean(world, () => world.passes(rate + effect), runs)]
}

/** A record has its own level, each run its own noise. */
export function scorePairs(
  world: World,
  effect: number,
  noise: () => number,
  runs = ONE_RUN,
): readonly [number, number] {
  const level = world.normal()
  return [level + drawMean(world, noise, runs), level + effect + drawMean(world, noise, runs)]
}

export const threeRuns: Runs = { runs: 3, correlation: 0.5 }
