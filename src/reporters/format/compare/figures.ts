import type { LabelComparison, PairedDifference } from '../../../model/comparison.ts'
import { formatDuration } from '../duration.ts'
import { formatCount, formatNumber, formatPercent } from '../number.ts'

/** How numbers of one kind are written. */
export interface Unit {
  /** @example '84.2 %' */
  readonly value: (value: number) => string
  /** The size of a difference, without its sign and its unit. @example '4.2' */
  readonly size: (size: number) => string
  /** @example ' points' */
  readonly suffix: string
}

const rate: Unit = { value: formatPercent, size: (size) => digits(size * 100), suffix: ' points' }
const plain: Unit = { value: formatNumber, size: formatNumber, suffix: '' }
export const milliseconds: Unit = { value: formatDuration, size: digits, suffix: ' ms' }

export type ComparedLabel = Extract<LabelComparison, { readonly status: 'compared' }>

export function unitOf({ type }: Pick<ComparedLabel, 'type'>): Unit {
  return type === 'boolean' ? rate : plain
}

/** @example '+4.2 points, 95 % interval +1.1 to +7.3, p = 0.003, n = 200' */
export function describeEvidence(
  { difference, interval, pairs }: Pick<PairedDifference, 'difference' | 'interval' | 'pairs'>,
  { unit, pValue }: { readonly unit: Unit; readonly pValue: number },
): string {
  const { low, high, rough } = interval
  const range = isBounded(low, high)
    ? `${rough ? 'rough ' : ''}95 % interval ${signed(low, unit)} to ${signed(high, unit)}`
    : 'no interval'
  return `${signed(difference, unit)}${unit.suffix}, ${range}, ${formatPValue(pValue)}, n = ${formatNumber(pairs)}`
}

/** @example '200 records would have shown a difference of 4.5 points four times in five' */
export function describePower({ detectable, pairs }: PairedDifference, unit: Unit): string {
  const records = formatCount(pairs, 'record')
  if (!isBounded(-detectable, detectable)) return `${records} could not have shown any difference`
  return `${records} would have shown a difference of ${unit.size(detectable)}${unit.suffix} four times in five`
}

/** Never p = 0. @example formatPValue(0.00003) // 'p < 0.001' */
function formatPValue(p: number): string {
  return p < 0.001 ? 'p < 0.001' : `p = ${Number(p.toPrecision(2))}`
}

export function signed(value: number, { size }: Unit): string {
  const sign = value > 0 ? '+' : value < 0 ? '-' : '±'
  return sign + size(Math.abs(value))
}

/** An interval that nothing bounds ends at the largest number there is. */
function isBounded(low: number, high: number): boolean {
  return low > -Number.MAX_VALUE && high < Number.MAX_VALUE
}

function digits(value: number): string {
  return value > 0 && value < 0.1 ? String(Number(value.toPrecision(1))) : value.toFixed(1)
}
