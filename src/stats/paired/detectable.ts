import { finite } from '../interval.ts'
import { normalQuantile, Z_975 } from '../normal.ts'
import { studentQuantile } from '../student.ts'
import type { Differences } from './differences.ts'

const POWER = 0.8
/** Of fewer pairs no test of signs reaches 5 %, two-sided. */
const FEWEST_PAIRS = 6
const HALVINGS = 60

/** Stands for infinity: nothing could have been shown. */
const NEVER = Number.MAX_VALUE

/**
 * The smallest true mean difference that is shown with 80 % power at 5 %, two-sided, given the spread that was seen:
 * (t(0.975) + t(0.8)) · s / √n. `Number.MAX_VALUE` below six pairs, of which nothing is ever shown.
 */
export function detectableMean({ values, standardDeviation, unit }: Differences): number {
  if (values.length < FEWEST_PAIRS) return NEVER
  const df = values.length - 1
  const distance = (studentQuantile(0.975, df) + studentQuantile(POWER, df)) * standardDeviation
  return finite((distance / Math.sqrt(values.length)) * unit)
}

interface RateSample {
  readonly pairs: number
  /** Pairs whose sides differ. */
  readonly discordant: number
  /** Takes the strictness of an exact test into account, as by a continuity correction. */
  readonly isExact: boolean
}

/**
 * The same for a difference of paired proportions, given the share of pairs that differ: the solution of
 * δ√n = z(0.975) √ψ + z(0.8) √(ψ − δ²), O. S. Miettinen, "The Matched Pairs Design in the Case of All-or-None Responses",
 * Biometrics 24 (1968) 339–352. Where fewer pairs differ than the difference needs, only they do.
 */
export function detectableRate({ pairs, discordant, isExact }: RateSample): number {
  if (pairs < FEWEST_PAIRS) return NEVER
  const isShown = (difference: number): boolean => {
    const share = Math.max(discordant / pairs, difference)
    const distance = (difference * pairs - Number(isExact)) / Math.sqrt(pairs)
    const spread = Math.sqrt(Math.max(0, share - difference ** 2))
    return distance >= Z_975 * Math.sqrt(share) + normalQuantile(POWER) * spread
  }
  let [hidden, shown] = [0, 1]
  for (let step = 0; step < HALVINGS; step++) {
    const middle = (hidden + shown) / 2
    if (isShown(middle)) shown = middle
    else hidden = middle
  }
  return shown
}
