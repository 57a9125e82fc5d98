import type { Direction } from './comparison.ts'

/** What is kept of a threshold. Without `min` and `max` it has no condition of its own, and only says how to compare. */
export interface ThresholdInfo {
  readonly min?: number
  readonly max?: number
  readonly better?: Direction
  readonly tolerance?: number
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
