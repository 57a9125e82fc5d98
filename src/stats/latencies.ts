import type { Latency } from '../model/summary.ts'
import { FloatColumn } from './float-column.ts'
import { quantile } from './quantile.ts'

/** Durations in milliseconds, each kept (8 bytes) for exact quantiles. */
export class Latencies {
  #values = new FloatColumn()

  add(durationMs: number): void {
    this.#values.push(durationMs)
  }

  merge(other: Latencies): Latencies {
    const both = new Latencies()
    both.#values = this.#values.concat(other.#values)
    return both
  }

  /** Absent without any duration. */
  summarize(): Latency | undefined {
    if (this.#values.length === 0) return undefined
    const sorted = this.#values.sorted()
    return { p50: quantile(sorted, 0.5), p95: quantile(sorted, 0.95), max: quantile(sorted, 1) }
  }
}
