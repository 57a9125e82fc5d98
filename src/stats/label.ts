import type { MetricType, MetricValue } from '../model/evaluation.ts'
import type { LabelValue } from '../model/summary.ts'
import { Categories } from './categories.ts'
import { type Clusters, effectiveRows } from './clusters.ts'
import { rateInterval } from './interval.ts'
import { Scores } from './scores.ts'

/** Everything that is counted of the values under one label. Values of any type may come, in any order. */
export class LabelAccumulator {
  readonly #counts: { [T in MetricType]: number } = { boolean: 0, score: 0, categorical: 0, json: 0 }
  #passed = 0
  #scores: Scores | undefined
  #categories: Categories | undefined
  #type: LabelValue['type'] = 'none'

  /** The type of all values so far: `none` before the first, `mixed` once there were two. */
  get type(): LabelValue['type'] {
    return this.#type
  }

  get scored(): number {
    return this.#counts.boolean + this.#counts.score + this.#counts.categorical + this.#counts.json
  }

  /** The mean, or the pass rate; absent for labels that have neither. */
  get mean(): number | undefined {
    if (this.#type === 'boolean') return this.#passed / this.#counts.boolean
    return this.#type === 'score' ? this.#scores?.mean : undefined
  }

  /** Returns whether this value was the first of its type. */
  add(metric: MetricValue): boolean {
    const isFirst = this.#counts[metric.type]++ === 0
    if (isFirst) this.#meet(metric.type)
    if (this.#type !== 'mixed') this.#keep(metric)
    return isFirst
  }

  /** What one accumulator would be that had been given this one's values and then the other's. */
  merge(other: LabelAccumulator): LabelAccumulator {
    const both = new LabelAccumulator()
    for (const part of [this, other]) {
      for (const type of metricTypes) {
        if (part.#counts[type] > 0) both.#meet(type)
        both.#counts[type] += part.#counts[type]
      }
    }
    if (both.#type === 'mixed') return both
    both.#passed = this.#passed + other.#passed
    if (both.#type === 'score') both.#scores = (this.#scores ?? new Scores()).merge(other.#scores ?? new Scores())
    if (both.#type === 'categorical') {
      both.#categories = (this.#categories ?? new Categories()).merge(other.#categories ?? new Categories())
    }
    return both
  }

  /** With clusters (several rows for a record) intervals take into account that rows of the same record are alike. */
  summarize(clusters?: Clusters): LabelValue {
    if (this.#type === 'boolean') return this.#summarizeBoolean(clusters)
    if (this.#type === 'mixed') return { type: 'mixed', counts: { ...this.#counts } }
    if (this.#type === 'json') return { type: 'json' }
    if (this.#scores !== undefined) return this.#scores.summarize(clusters)
    if (this.#categories !== undefined) return { type: 'categorical', ...this.#categories.summarize() }
    return { type: 'none' }
  }

  #meet(type: MetricType): void {
    this.#type = this.#type === 'none' || this.#type === type ? type : 'mixed'
    if (this.#type !== 'mixed') return
    this.#scores = undefined
    this.#categories = undefined
  }

  #keep(metric: MetricValue): void {
    if (metric.type === 'boolean') this.#passed += Number(metric.value)
    else if (metric.type === 'score') {
      this.#scores ??= new Scores()
      this.#scores.add(metric.value)
    } else if (metric.type === 'categorical') {
      this.#categories ??= new Categories()
      this.#categories.add(metric.value)
    }
  }

  #summarizeBoolean(clusters: Clusters | undefined): LabelValue {
    const rows = this.#counts.boolean
    const passed = this.#passed
    const spread = clusters?.spread()
    const interval = rateInterval({
      passed,
      rows,
      records: spread?.records ?? rows,
      effectiveRows: spread === undefined ? rows : effectiveRows(spread),
    })
    return { type: 'boolean', passRate: passed / rows, passed, interval }
  }
}

const metricTypes = ['boolean', 'score', 'categorical', 'json'] as const satisfies readonly MetricType[]
