import { directionOf, type ThresholdInfo } from '../../model/threshold.ts'
import type { DirectionOf } from './compare-labels.ts'

/** Which way is the good one, by the thresholds of a definition: one on a label stands before one on its evaluator. */
export function directionsOf(thresholds: { readonly [name: string]: ThresholdInfo }): DirectionOf {
  return (label, evaluator) => directionOf(thresholds[label] ?? thresholds[evaluator])
}
