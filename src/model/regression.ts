import { notComparedReasons } from './comparison.ts'
import type { Failure } from './outcome.ts'

type Regression = Extract<Failure, { readonly kind: 'regression' | 'not-compared' }>

/**
 * In one line what is worse than the baseline, with the evidence, or what could not be held against it.
 * @example 'exact regressed against latest: 0.85 → 0.6 (-0.25, 95 % interval -0.372 to -0.158, p = 0.0001, n = 60)'
 */
export function describeRegression(failure: Regression): string {
  const { name, baseline } = failure
  if (failure.kind === 'not-compared') {
    return `${name} could not be compared with ${baseline}: ${notComparedReasons[failure.reason]}`
  }
  const { before, after, difference, interval, pValue, pairs, tolerance } = failure
  const evidence = `${short(difference)}, 95 % interval ${short(interval.low)} to ${short(interval.high)}`
  const allowed = tolerance === 0 ? '' : `, tolerance ${tolerance}`
  const chance = pValue < 0.001 ? 'p < 0.001' : `p = ${short(pValue)}`
  return `${name} regressed against ${baseline}: ${short(before)} → ${short(after)} (${evidence}, ${chance}, n = ${pairs}${allowed})`
}

function short(value: number): string {
  return String(Number(value.toPrecision(3)))
}
