import type { LabelValue } from '../model/summary.ts'
import type { Clusters } from './clusters.ts'
import { FloatColumn } from './float-column.ts'
import { finite, meanInterval } from './interval.ts'
import { addMoment, mergeMoments, NO_MOMENTS, sampleVariance } from './moments.ts'
import { quantile } from './quantile.ts'

type ScoreValue = Extract<LabelValue, { type: 'score' }>

/** Scores of one label, each kept (8 bytes) for exact quantiles. */
export class Scores {
  #moments = { ...NO_MOMENTS }
  #values = new FloatColumn()

  get mean(): number {
    return this.#moments.mean
  }

  add(value: number): void {
    addMoment(this.#moments, value)
    this.#values.push(value)
  }

  merge(other: Scores): Scores {
    const both = new Scores()
    both.#moments = { ...mergeMoments(this.#moments, other.#moments) }
    both.#values = this.#values.concat(other.#values)
    return both
  }

  /** With clusters the interval takes into account that rows of the same record are alike. Asks for at least one value. */
  summarize(clusters?: Clusters): ScoreValue {
    const variance = sampleVariance(this.#moments)
    const { records, standardError } = clusters?.spread() ?? {
      records: this.#moments.n,
      standardError: Math.sqrt(variance / this.#moments.n),
    }
    const sorted = this.#values.sorted()
    return {
      type: 'score',
      mean: this.mean,
      standardDeviation: finite(Math.sqrt(variance)),
      interval: meanInterval({ mean: this.mean, standardError, records }),
      p50: quantile(sorted, 0.5),
      p95: quantile(sorted, 0.95),
      min: quantile(sorted, 0),
      max: quantile(sorted, 1),
    }
  }
}
