import type { MetricType, MetricValue } from '../../model/evaluation.ts'
import type { LabelSummary } from '../../model/summary.ts'

/** What is known of one label while rows remain. */
export class LabelSoFar {
  readonly evaluator: string
  /** `mixed` is never anything else again. */
  type: MetricType | 'none' | 'mixed' = 'none'
  passed = 0
  scored = 0
  min = Number.POSITIVE_INFINITY
  max = Number.NEGATIVE_INFINITY

  constructor(evaluator: string) {
    this.evaluator = evaluator
  }

  add({ type, value }: MetricValue): void {
    this.type = this.type === 'none' || this.type === type ? type : 'mixed'
    this.scored++
    if (type === 'boolean') this.passed += Number(value)
    else if (type === 'score') {
      this.min = Math.min(this.min, value)
      this.max = Math.max(this.max, value)
    }
  }

  static of(summary: LabelSummary): LabelSoFar {
    const label = new LabelSoFar(summary.evaluator)
    label.type = summary.type
    label.scored = summary.scored
    if (summary.type === 'boolean') label.passed = summary.passed
    else if (summary.type === 'score') {
      label.min = summary.min
      label.max = summary.max
    }
    return label
  }
}
