import type { LabelledEvaluation } from '../../model/evaluation.ts'
import type { LabelSummary } from '../../model/summary.ts'
import { Clusters } from '../../stats/clusters.ts'
import { stabilityOf } from '../../stats/stability.ts'

/** The values of several runs together by record, for each label: 12 bytes a record and label beside the keys. */
export class RecordClusters {
  readonly #runs: number
  readonly #labels = new Map<string, Clusters>()
  /** In the order of the dataset, where the log has its records before their rows. */
  readonly #numbers = new Map<string, number>()
  #last: { readonly key?: string; readonly number: number } = { number: -1 }

  constructor(runs: number) {
    this.#runs = runs
  }

  /** Gives a record its number. */
  meet(key: string): void {
    this.#numberOf(key)
  }

  add(key: string, { label, type, value }: LabelledEvaluation): void {
    if (type !== 'score' && type !== 'boolean') return
    let clusters = this.#labels.get(label)
    if (clusters === undefined) {
      clusters = new Clusters()
      this.#labels.set(label, clusters)
    }
    clusters.add(this.#numberOf(key), Number(value))
  }

  of(label: string): Clusters | undefined {
    return this.#labels.get(label)
  }

  /** A boolean label with how alike the runs of its records are; any other as it is. */
  withStability(summary: LabelSummary): LabelSummary {
    const clusters = this.#labels.get(summary.label)
    if (summary.type !== 'boolean' || clusters === undefined) return summary
    const { flakyRecords, ...stability } = stabilityOf(clusters, this.#runs)
    return { ...summary, stability: { ...stability, flakyKeys: this.#keysOf(flakyRecords) } }
  }

  /** Evaluations of a row mostly come one after the other, so the last key is asked for again. */
  #numberOf(key: string): number {
    if (key === this.#last.key) return this.#last.number
    let number = this.#numbers.get(key)
    if (number === undefined) {
      number = this.#numbers.size
      this.#numbers.set(key, number)
    }
    this.#last = { key, number }
    return number
  }

  /** Numbers are in ascending order, as are the keys. */
  #keysOf(numbers: readonly number[]): string[] {
    const keys: string[] = []
    for (const [key, number] of this.#numbers) {
      if (keys.length === numbers.length) break
      if (number === numbers[keys.length]) keys.push(key)
    }
    return keys
  }
}
