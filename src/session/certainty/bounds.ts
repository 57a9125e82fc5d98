import type { ErrorAllowance } from '../../model/outcome.ts'
import type { ThresholdInfo } from '../../model/threshold.ts'
import { meets } from '../thresholds/meets.ts'

/** What is certain of a condition, whatever the remaining rows come to. */
export type Certainty = 'met' | 'missed' | 'open'

export interface RateSoFar {
  readonly passed: number
  readonly scored: number
  /** Rows that may still be scored; each may pass, fail, or not be scored at all. */
  readonly remaining: number
}

/** A pass rate. Without a scored row there is none, which misses. */
export function certaintyOfRate({ passed, scored, remaining }: RateSoFar, range: ThresholdInfo): Certainty {
  if (remaining === 0) return scored > 0 && meets(passed / scored, range) ? 'met' : 'missed'
  const all = scored + remaining
  if (scored > 0 && meets(passed / all, range) && meets((passed + remaining) / all, range)) return 'met'
  return isRateReachable({ passed, scored, remaining }, range) ? 'open' : 'missed'
}

/** The more rows are scored the finer the rates, so the most come first. */
function isRateReachable({ passed, scored, remaining }: RateSoFar, range: ThresholdInfo): boolean {
  const { min = 0, max = 1 } = range
  for (let more = remaining; more >= 0; more--) {
    const rows = scored + more
    if (rows === 0) return false
    const least = Math.max(passed, Math.ceil(min * rows) - 1)
    const most = Math.min(passed + more, Math.floor(max * rows) + 1)
    for (let count = least; count <= Math.min(most, least + 2); count++) if (meets(count / rows, range)) return true
    // With one end alone, what the most rows cannot reach no fewer do.
    if (range.min === undefined || range.max === undefined) return scored > 0 && meets(passed / scored, range)
  }
  return false
}

export interface ErrorsSoFar {
  readonly errors: number
  /** Rows in all, without those in quarantine that are known. */
  readonly units: number
  readonly remaining: number
}

/** The share of rows with errors: those that remain may all have some, or none. */
export function certaintyOfErrors({ errors, units, remaining }: ErrorsSoFar, range: ThresholdInfo): Certainty {
  if (units === 0) return remaining === 0 ? 'missed' : 'open'
  if (meets(errors / units, range) && meets((errors + remaining) / units, range)) return 'met'
  return range.max !== undefined && !meets(errors / units, { max: range.max }) ? 'missed' : 'open'
}

/** `--max-errors`. */
export function certaintyOfAllowance({ errors, units, remaining }: ErrorsSoFar, allowed: ErrorAllowance): Certainty {
  const isAllowed = (count: number): boolean =>
    allowed.kind === 'count' ? count <= allowed.count : count * 100 <= allowed.percent * units
  if (isAllowed(errors + remaining)) return 'met'
  return isAllowed(errors) ? 'open' : 'missed'
}

/** A largest value, which only grows, or a smallest one, which only falls. */
export function certaintyOfExtreme(value: number, range: ThresholdInfo, statistic: 'min' | 'max'): Certainty {
  const { [statistic]: end } = range
  return end !== undefined && !meets(value, { [statistic]: end }) ? 'missed' : 'open'
}
