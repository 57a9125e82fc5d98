import { describe, expect, it } from 'vitest'
import type { Interval } from '../../../src/model/summary.ts'
import { Clusters } from '../../../src/stats/clusters.ts'
import { LabelAccumulator } from '../../../src/stats/label.ts'
import { comparePairs } from '../../../src/stats/paired/compare-pairs.ts'
import { createWorld, drawMean, drawRuns, type Runs, type World } from './worlds.ts'

/** One experiment: its interval, and what it should hold. */
interface Drawn {
  readonly truth: number
  readonly interval: Interval
}

interface Size {
  readonly records: number
  readonly runs: number
}

/** The share of intervals that hold the truth. */
function coverageOf(experiments: number, draw: (experiment: number) => Drawn): number {
  let held = 0
  for (let experiment = 0; experiment < experiments; experiment++) {
    const { truth, interval } = draw(experiment)
    held += Number(interval.low <= truth && truth <= interval.high)
  }
  return held / experiments
}

/** Uniform, beta(2, 2) and normal scores in turn. */
function scoresOf(world: World, experiment: number): { draw: () => number; mean: number } {
  const kinds = [
    { draw: world.uniform, mean: 0.5 },
    { draw: world.beta22, mean: 0.5 },
    { draw: world.normal, mean: 0 },
  ]
  return kinds[experiment % kinds.length] ?? { draw: world.uniform, mean: 0.5 }
}

function runsOf(world: World, { runs }: Size): Runs {
  return { runs, correlation: world.uniform() }
}

function summarize(size: Size, drawRecord: () => number[], isBoolean: boolean): Interval {
  const label = new LabelAccumulator()
  const clusters = size.runs === 1 ? undefined : new Clusters()
  for (let record = 0; record < size.records; record++) {
    for (const value of drawRecord()) {
      label.add(isBoolean ? { type: 'boolean', value: value === 1 } : { type: 'score', value })
      clusters?.add(record, value)
    }
  }
  const summary = label.summarize(clusters)
  if (summary.type !== 'boolean' && summary.type !== 'score') throw new Error(`no interval of ${summary.type}`)
  return summary.interval
}

const sizes = [
  [50, 1, 2000],
  [200, 1, 1500],
  [1000, 1, 500],
  [50, 3, 2000],
  [200, 3, 800],
  [1000, 3, 350],
] as const

function expectNominal(coverage: number): void {
  expect(coverage).toBeGreaterThanOrEqual(0.93)
  expect(coverage).toBeLessThanOrEqual(0.97)
}

describe('95 % intervals of one experiment hold the truth in 93 to 97 %', () => {
  it.each(sizes)(
    'of pass rates from 0.1 to 0.9, %d records, %d runs',
    (records, runs, experiments) => {
      const world = createWorld(3)
      const coverage = coverageOf(experiments, () => {
        const truth = world.between(0.1, 0.9)
        const likeness = runsOf(world, { records, runs })
        const drawRecord = (): number[] => drawRuns(world, () => world.passes(truth), likeness)
        return { truth, interval: summarize({ records, runs }, drawRecord, true) }
      })
      expectNominal(coverage)
    },
    300_000,
  )

  it.each(sizes)(
    'of mean scores, %d records, %d runs',
    (records, runs, experiments) => {
      const world = createWorld(4)
      const coverage = coverageOf(experiments, (experiment) => {
        const { draw, mean } = scoresOf(world, experiment)
        const likeness = runsOf(world, { records, runs })
        return { truth: mean, interval: summarize({ records, runs }, () => drawRuns(world, draw, likeness), false) }
      })
      expectNominal(coverage)
    },
    300_000,
  )
})

/** A value of both sides is the same draw at times, so that the sides are alike. */
function pairOf(world: World, draw: () => number, likeness: number): () => () => number {
  return () => {
    const shared = draw()
    return () => (world.uniform() < likeness ? shared : draw())
  }
}

describe('95 % intervals of a difference hold it in 93 to 97 %', () => {
  it.each([
    [50, 1, 4000],
    [200, 1, 3000],
    [1000, 1, 1000],
    [50, 3, 1500],
    [200, 3, 500],
    [1000, 3, 200],
  ])(
    'of pass rates from 0.1 to 0.9, %d records, %d runs',
    (records, runs, experiments) => {
      const world = createWorld(5)
      const coverage = coverageOf(experiments, (seed) => {
        const rate = world.between(0.1, 0.9)
        const other = Math.min(0.9, Math.max(0.1, rate + world.between(-0.1, 0.1)))
        const [likeness, alike] = [runsOf(world, { records, runs }), world.uniform()]
        const baseline = new Float64Array(records)
        const candidate = new Float64Array(records)
        const drawPair = pairOf(world, world.uniform, alike)
        for (let record = 0; record < records; record++) {
          const draw = drawPair()
          baseline[record] = drawMean(world, () => Number(draw() < rate), likeness)
          candidate[record] = drawMean(world, () => Number(draw() < other), likeness)
        }
        return { truth: other - rate, interval: comparePairs({ baseline, candidate, kind: 'boolean', seed }).interval }
      })
      expectNominal(coverage)
    },
    300_000,
  )

  it.each([
    [50, 1, 1500],
    [200, 1, 500],
    [1000, 1, 200],
    [2500, 1, 500],
    [50, 3, 1500],
    [200, 3, 500],
    [1000, 3, 200],
  ])(
    'of mean scores, %d records, %d runs',
    (records, runs, experiments) => {
      const world = createWorld(6)
      const coverage = coverageOf(experiments, (seed) => {
        const { draw } = scoresOf(world, seed)
        const [truth, likeness, alike] = [world.between(-0.2, 0.2), runsOf(world, { records, runs }), world.uniform()]
        const baseline = new Float64Array(records)
        const candidate = new Float64Array(records)
        const drawPair = pairOf(world, draw, alike)
        for (let record = 0; record < records; record++) {
          const drawOne = drawPair()
          baseline[record] = drawMean(world, drawOne, likeness)
          candidate[record] = truth + drawMean(world, drawOne, likeness)
        }
        return { truth, interval: comparePairs({ baseline, candidate, kind: 'score', seed }).interval }
      })
      expectNominal(coverage)
    },
    300_000,
  )
})
