import type { Interval } from '../../model/summary.ts'
import { Z_975 } from '../normal.ts'
import type { Discordant } from './mcnemar.ts'

const HALVINGS = 60

/**
 * A 95 % interval of the difference of two paired proportions, by inverting the score test: T. Tango, "Equivalence Test and
 * Confidence Interval for the Difference in Proportions for the Paired-Sample Design", Statistics in Medicine 17 (1998) 891–908
 * (`scoreci.mp` of R's PropCIs). It stays within −1 and 1, has a width also where nothing differs, and holds 0 exactly where
 * McNemar's test without correction does not reject.
 *
 * @param pairs - at least one
 */
export function pairedRateInterval({ fixed, broken }: Discordant, pairs: number): Omit<Interval, 'rough'> {
  return { low: 0 - highEnd({ fixed: broken, broken: fixed }, pairs), high: highEnd({ fixed, broken }, pairs) }
}

function highEnd({ fixed, broken }: Discordant, pairs: number): number {
  let inside = (fixed - broken) / pairs
  let outside = 1
  for (let step = 0; step < HALVINGS; step++) {
    const middle = (inside + outside) / 2
    const distance = pairs * middle - (fixed - broken)
    if (distance ** 2 <= Z_975 ** 2 * varianceAt(middle, { fixed, broken }, pairs)) inside = middle
    else outside = middle
  }
  return outside
}

/** Of fixed − broken when the true difference is this one; the one unknown left has its most likely value. */
function varianceAt(difference: number, { fixed, broken }: Discordant, pairs: number): number {
  const linear = (2 * pairs - fixed + broken) * difference - fixed - broken
  const root = Math.sqrt(linear ** 2 + 8 * pairs * broken * difference * (1 - difference))
  const brokenShare = (root - linear) / (4 * pairs)
  return pairs * (2 * brokenShare + difference * (1 - difference))
}
