import type { Interval } from '../model/summary.ts'
import { Z_975 } from './normal.ts'
import { studentQuantile } from './student.ts'

const FEW_RECORDS = 30
const FEW_OUTCOMES = 5

/** How a rate was observed. */
export interface RateSample {
  readonly passed: number
  readonly rows: number
  readonly records: number
  /** Rows over the design effect; the rows themselves when every record has one. */
  readonly effectiveRows: number
}

/**
 * A 95 % interval of a rate: E. B. Wilson, "Probable Inference, the Law of Succession, and Statistical Inference", JASA 22
 * (1927) 209–212, without continuity correction (R's `prop.test(x, n, correct = FALSE)$conf.int`). With several rows for a
 * record the sample size is the effective one: Korn & Graubard, Survey Methodology 24 (1998) 193–201.
 */
export function rateInterval({ passed, rows, records, effectiveRows }: RateSample): Interval {
  const rate = passed / rows
  const z2 = Z_975 * Z_975
  const centre = rate + z2 / (2 * effectiveRows)
  const reach = Z_975 * Math.sqrt((rate * (1 - rate)) / effectiveRows + z2 / (4 * effectiveRows ** 2))
  const scale = 1 + z2 / effectiveRows
  const rough = passed < FEW_OUTCOMES || rows - passed < FEW_OUTCOMES || records < FEW_RECORDS
  // At the ends the exact bounds are 0 and 1; subtraction would leave 1e-17 there.
  const low = passed === 0 ? 0 : (centre - reach) / scale
  const high = passed === rows ? 1 : (centre + reach) / scale
  return { low, high, rough }
}

/** How a mean was observed. */
export interface MeanSample {
  readonly mean: number
  readonly standardError: number
  readonly records: number
}

/**
 * A 95 % interval of a mean: mean ± t · standard error with records − 1 degrees of freedom (Student, "The Probable Error of a
 * Mean", Biometrika 6 (1908) 1–25). One record says nothing about the spread: the interval is then the mean itself, and rough.
 */
export function meanInterval({ mean, standardError, records }: MeanSample): Interval {
  const reach = records < 2 ? 0 : studentQuantile(0.975, records - 1) * standardError
  return { low: finite(mean - reach), high: finite(mean + reach), rough: records < FEW_RECORDS }
}

/** JSON has no word for infinity, which sums of squares of huge scores can reach. */
export function finite(value: number): number {
  return Math.min(Number.MAX_VALUE, Math.max(-Number.MAX_VALUE, value))
}
