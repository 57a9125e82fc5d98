import { hasCondition, type ThresholdInfo, toleranceOf } from '../../model/threshold.ts'
import { findTarget, type ThresholdNames, type ThresholdTarget } from '../../model/threshold-name.ts'
import { meets } from './meets.ts'

/** What a threshold may be on, or nothing. */
export type FoundTarget = ReturnType<typeof findTarget>

/** @example describeThreshold('tokens', { max: 400, tolerance: 5 }, names) // 'tokens at most 400 (tolerance 5)' */
export function describeThreshold(name: string, threshold: ThresholdInfo, names: ThresholdNames): string {
  const { better } = threshold
  const tolerance = toleranceOf(threshold)
  const notes = [
    ...(better === undefined ? [] : [`${better} is better`]),
    ...(tolerance === 0 ? [] : [`tolerance ${tolerance}`]),
  ].join(', ')
  const range = hasCondition(threshold) ? ` ${describeRange(threshold, findTarget(name, names))}` : ''
  return `${name}${range}${notes === '' ? '' : ` (${notes})`}`
}

/** @example describeRange({ min: 0.9 }) // 'at least 0.9' */
export function describeRange({ min, max }: ThresholdInfo, target: FoundTarget): string {
  const unit = unitOf(target)
  if (min === undefined) return `at most ${max}${unit}`
  return max === undefined ? `at least ${min}${unit}` : `from ${min} to ${max}${unit}`
}

function unitOf(target: FoundTarget): string {
  return isLatency(target) ? ' ms' : ''
}

function isLatency(target: FoundTarget): target is Extract<ThresholdTarget, { kind: 'latency' }> {
  return typeof target === 'object' && target.kind === 'latency'
}

export function short(value: number): string {
  return String(Number(value.toPrecision(4)))
}

/** Few digits, but enough that the value does not look as if it met the threshold it misses, or missed the one that it meets. */
export function tellApart(value: number, range: ThresholdInfo): string {
  const isMet = meets(value, range)
  for (let digits = 4; digits < 17; digits++) {
    const rounded = Number(value.toPrecision(digits))
    if (meets(rounded, range) === isMet) return String(rounded)
  }
  return String(value)
}
