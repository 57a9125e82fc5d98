import type { ThresholdInfo } from '../../model/threshold.ts'

/** The last bits of a mean depend on the order of its rows; a threshold must not. */
const ROUNDING = 1e-12

export function meets(value: number, { min, max }: ThresholdInfo): boolean {
  const slack = ROUNDING * Math.max(1, Math.abs(value))
  return (min === undefined || value >= min - slack) && (max === undefined || value <= max + slack)
}
