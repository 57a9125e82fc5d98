import type { Direction } from '../../model/comparison.ts'
import type { DirectionOf } from './compare-labels.ts'

/** What of a threshold says which way is the good one. */
interface Directed {
  readonly min?: number
  readonly max?: number
  readonly better?: Direction
}

/** Which way is the good one, by the thresholds of a definition: one on a label stands before one on its evaluator. */
export function directionsOf(thresholds: { readonly [name: string]: Directed }): DirectionOf {
  return (label, evaluator) => directionOf(thresholds[label] ?? thresholds[evaluator])
}

/** As it says, else lower where there is a `max` alone, else higher. */
function directionOf(threshold: Directed | undefined): Direction {
  if (threshold?.better !== undefined) return threshold.better
  return threshold?.max !== undefined && threshold.min === undefined ? 'lower' : 'higher'
}
