import type { Interval } from '../model/summary.ts'
import type { ThresholdCheck } from '../model/threshold.ts'
import { numberOrNull } from './json-text.ts'

/** A 95 % interval; `rough` when there is too little data for it to mean much. */
export interface JsonInterval {
  low: number | null
  high: number | null
  rough: boolean
}

export interface JsonThreshold {
  name: string
  status: ThresholdCheck['status']
  min: number | null
  max: number | null
  /** Null where there was no such value, which misses the threshold. */
  value: number | null
  interval: JsonInterval | null
  /** Rows that the value was taken over. */
  n: number | null
  coverage: { scored: number; errored: number; skipped: number; quarantined: number } | null
  /** The same in words. */
  wanted: string
  got: string
}

export function thresholdOf(check: ThresholdCheck): JsonThreshold {
  const { name, status, min = null, max = null, value, interval, n = null, coverage, wanted, got } = check
  return {
    name,
    status,
    min,
    max,
    value: value === undefined ? null : numberOrNull(value),
    interval: interval === undefined ? null : intervalOf(interval),
    n,
    coverage: coverage === undefined ? null : { quarantined: 0, ...coverage },
    wanted,
    got,
  }
}

export function intervalOf({ low, high, rough }: Interval): JsonInterval {
  return { low: numberOrNull(low), high: numberOrNull(high), rough }
}
