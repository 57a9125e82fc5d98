import type { LabelComparison, NotComparedReason } from '../../model/comparison.ts'
import { formatCount, formatNumber, formatPercent, percentDigits } from './number.ts'

const notCompared: { readonly [R in NotComparedReason]: string } = {
  'only-in-baseline': 'only in the baseline',
  'only-in-candidate': 'not in the baseline',
  'types-differ': 'values of different types',
  'not-numeric': 'no numbers to compare',
  'no-pairs': 'no record has a value on both sides',
}

/** @example 'regressed: 92.0 % → 84.0 % (-8.0 points, 95 % interval [-13.1, -2.9], p = 0.003, 200 pairs)' */
export function describeLabelComparison(label: LabelComparison): string {
  if (label.status === 'not-compared') return `not compared: ${notCompared[label.reason]}`
  const { verdict, baseline, candidate } = label
  const show = label.type === 'boolean' ? formatPercent : formatNumber
  return `${verdict}: ${show(baseline)} → ${show(candidate)} (${describeDifference(label)})`
}

/** @example '-8.0 points, 95 % interval [-13.1, -2.9], p = 0.003, 200 pairs' */
function describeDifference(label: Extract<LabelComparison, { readonly status: 'compared' }>): string {
  const { difference, interval, adjustedPValue, pairs } = label
  const show = label.type === 'boolean' ? signedPoints : signed
  const unit = label.type === 'boolean' ? ' points' : ''
  return [
    `${show(difference)}${unit}`,
    `95 % interval [${show(interval.low)}, ${show(interval.high)}]`,
    formatPValue(adjustedPValue),
    formatCount(pairs, 'pair'),
  ].join(', ')
}

/** Never p = 0. @example formatPValue(0.00003) // 'p < 0.001' */
function formatPValue(p: number): string {
  if (!Number.isFinite(p)) return 'p = ?'
  return p < 0.001 ? 'p < 0.001' : `p = ${Number(p.toPrecision(2))}`
}

function signedPoints(share: number): string {
  const digits = percentDigits(Math.abs(share))
  return `${share < 0 ? '-' : '+'}${digits}`
}

function signed(value: number): string {
  return `${value < 0 ? '' : '+'}${formatNumber(value)}`
}
