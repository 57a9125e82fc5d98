import { addMoment, NO_MOMENTS, sampleVariance } from '../moments.ts'

/** Two sides of a comparison, record by record in the same order. */
export interface Sides {
  readonly baseline: Float64Array
  readonly candidate: Float64Array
}

/** What is left of two sides when only their differences matter. Values and all that is made of them are in units of `unit`. */
export interface Differences {
  readonly values: Float64Array
  readonly mean: number
  readonly standardDeviation: number
  /** Of how many the values differ from 0. */
  readonly changed: number
  /** A power of two: 1, but for values so huge or so tiny that their squares would not be numbers. */
  readonly unit: number
}

const LARGEST = 2 ** 400
const SMALLEST = 2 ** -400
const HUGE_UNIT = 2 ** 700
const TINY_UNIT = 2 ** -700
/** Means of the same runs, added up in another order, are the same. */
const ROUND_OFF = 1e-14

/** Candidate less baseline. */
export function differencesOf({ baseline, candidate }: Sides): Differences {
  const unit = unitOf(baseline, candidate)
  const moments = { ...NO_MOMENTS }
  let changed = 0
  const values = candidate.map((value, index) => {
    const difference = subtract(value / unit, (baseline[index] ?? Number.NaN) / unit)
    addMoment(moments, difference)
    if (difference !== 0) changed++
    return difference
  })
  return { values, mean: moments.mean, standardDeviation: Math.sqrt(sampleVariance(moments)), changed, unit }
}

function subtract(a: number, b: number): number {
  const difference = a - b
  return Math.abs(difference) <= ROUND_OFF * Math.max(Math.abs(a), Math.abs(b)) ? 0 : difference
}

/** The mean of values whose sum may be too large for a number; 0 without any. */
export function meanOf(values: Float64Array): number {
  const moments = { ...NO_MOMENTS }
  for (const value of values) addMoment(moments, value)
  return moments.mean
}

function unitOf(...sides: readonly Float64Array[]): number {
  let largest = 0
  for (const side of sides) for (const value of side) largest = Math.max(largest, Math.abs(value))
  if (largest >= LARGEST) return HUGE_UNIT
  return largest === 0 || largest > SMALLEST ? 1 : TINY_UNIT
}
