import type { Direction } from './comparison.ts'
import type { Coverage, Interval } from './summary.ts'

/** What is kept of a threshold. Without `min` and `max` it has no condition of its own, and only says how to compare. */
export interface ThresholdInfo {
  readonly min?: number
  readonly max?: number
  readonly better?: Direction
  readonly tolerance?: number
}

/** What a threshold was held against, in words and in numbers. Shares are from 0 to 1, latencies milliseconds. */
export interface ThresholdResult {
  readonly name: string
  /** @example 'at least 0.9' */
  readonly wanted: string
  /** @example '0.84 (95 % interval 0.75 to 0.91, 100 scored, 0 errored, 0 skipped)' */
  readonly got: string
  readonly min?: number
  readonly max?: number
  /** Absent where there is no such value. Of a summary evaluator over several runs it is the one of the first run that misses. */
  readonly value?: number
  /** 95 %; of means and pass rates. */
  readonly interval?: Interval
  /** Rows that the value was taken over: scored ones, planned ones for the error rate, those with a latency. */
  readonly n?: number
  /** Of evaluators. */
  readonly coverage?: Coverage
}

/** What came of one threshold. */
export interface ThresholdCheck extends ThresholdResult {
  /** `open` where the verdict was certain before this was, and not all rows ran. */
  readonly status: 'met' | 'missed' | 'open'
}

/** Which way is the good one: as it says, else lower where there is a `max` alone, else higher. */
export function directionOf(threshold: ThresholdInfo | undefined): Direction {
  if (threshold?.better !== undefined) return threshold.better
  return threshold?.max !== undefined && threshold.min === undefined ? 'lower' : 'higher'
}

/** How much worse than the baseline is no regression yet, in the units of the value. */
export function toleranceOf(threshold: ThresholdInfo | undefined): number {
  return threshold?.tolerance ?? 0
}

/** Whether there is anything that can be missed. */
export function hasCondition({ min, max }: ThresholdInfo): boolean {
  return min !== undefined || max !== undefined
}
