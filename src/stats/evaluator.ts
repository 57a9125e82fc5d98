import type { EvaluatorResult } from '../model/events.ts'
import type { Coverage, LabelSummary } from '../model/summary.ts'
import type { Clusters } from './clusters.ts'
import { LabelAccumulator } from './label.ts'

/** Several rows for a record: which label's clusters are known. */
export type ClustersOf = (label: string) => Clusters | undefined

/**
 * Everything that is counted of one evaluator. Its errors and skips count for each of its labels; a label that a result of
 * `multi` leaves out is skipped in that row. So scored, errored and skipped of every label add up to the evaluator's rows.
 */
export class EvaluatorAccumulator {
  readonly evaluator: string
  readonly labels = new Map<string, LabelAccumulator>()
  #answered = 0
  #errored = 0
  #skipped = 0
  #quarantined = 0

  constructor(evaluator: string) {
    this.evaluator = evaluator
  }

  /** Counts one result, apart from its values; each of those goes to `label(name).add(value)`. */
  count(status: EvaluatorResult['status']): void {
    if (status === 'ok') this.#answered++
    else if (status === 'skipped') this.#skipped++
    else this.#errored++
  }

  /** Counts a result of a record in quarantine, whose values go nowhere. */
  quarantine(): void {
    this.#quarantined++
  }

  /** The accumulator of a label, made when it is first asked for. */
  label(name: string): LabelAccumulator {
    const known = this.labels.get(name)
    if (known !== undefined) return known
    const created = new LabelAccumulator()
    this.labels.set(name, created)
    return created
  }

  merge(other: EvaluatorAccumulator): EvaluatorAccumulator {
    const both = new EvaluatorAccumulator(this.evaluator)
    for (const part of [this, other]) {
      for (const [name, label] of part.labels) both.labels.set(name, both.label(name).merge(label))
      both.#answered += part.#answered
      both.#errored += part.#errored
      both.#skipped += part.#skipped
      both.#quarantined += part.#quarantined
    }
    return both
  }

  /** One summary for each label; for an evaluator that never gave a value one under its own name. */
  summarize(clustersOf: ClustersOf = () => undefined): LabelSummary[] {
    if (this.labels.size === 0) return [this.#summarizeLabel(this.evaluator, new LabelAccumulator(), undefined)]
    return Array.from(this.labels, ([name, label]) => this.#summarizeLabel(name, label, clustersOf(name)))
  }

  /** How many of its rows so far have a value under this label, and why others have none. */
  coverageOf(label: string): Coverage {
    const scored = this.labels.get(label)?.scored ?? 0
    return {
      scored,
      errored: this.#errored,
      skipped: this.#skipped + this.#answered - scored,
      ...(this.#quarantined === 0 ? {} : { quarantined: this.#quarantined }),
    }
  }

  #summarizeLabel(name: string, label: LabelAccumulator, clusters: Clusters | undefined): LabelSummary {
    return { label: name, evaluator: this.evaluator, ...this.coverageOf(name), ...label.summarize(clusters) }
  }
}
