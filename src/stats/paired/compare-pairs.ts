import type { PairedDifference, PairedTest } from '../../model/comparison.ts'
import type { Interval } from '../../model/summary.ts'
import { finite } from '../interval.ts'
import { studentQuantile, studentTwoSided } from '../student.ts'
import { bootstrapReach } from './bootstrap.ts'
import { detectableMean, detectableRate } from './detectable.ts'
import { type Differences, differencesOf, meanOf, type Sides } from './differences.ts'
import { mcnemarExact, mcnemarMidP } from './mcnemar.ts'
import { signFlipPValue } from './sign-flip.ts'
import { pairedRateInterval } from './tango.ts'

/** Up to so many pairs a permutation test and a bootstrap, above Student's t. */
const MOST_RESAMPLED = 2000
/** Fewer pairs than this have too few different resamples. */
const FEWEST_RESAMPLED = 20
/** Up to so many discordant pairs McNemar's test is exact. */
const MOST_EXACT = 1000
const FEW_PAIRS = 30
const FEW_CHANGED = 5
const DEFAULT_SEED = 20_241

/** Two experiments' values of one label, a value for each record that both have, in the same order. Runs are averaged first. */
export interface PairsToCompare extends Sides {
  /** `boolean`: 0, 1, and with several runs the shares between. */
  readonly kind: 'boolean' | 'score'
  /** For what is drawn at random; the same seed gives the same numbers. */
  readonly seed?: number
}

/**
 * What two experiments come to beside each other: the difference of their means with an interval, a two-sided p-value and the
 * smallest difference that could have been shown. Everything is finite: an interval that nothing bounds ends at
 * ±`Number.MAX_VALUE`, as does `detectable` where nothing could have been shown.
 *
 * @throws RangeError when the sides have different lengths
 * @example comparePairs({ baseline: Float64Array.of(0, 0, 1), candidate: Float64Array.of(1, 0, 1), kind: 'boolean' })
 */
export function comparePairs({ kind, seed = DEFAULT_SEED, ...sides }: PairsToCompare): PairedDifference {
  const pairs = sides.baseline.length
  if (sides.candidate.length !== pairs) {
    throw new RangeError(`comparePairs: expected two sides of one length, got ${pairs} and ${sides.candidate.length}`)
  }
  const differences = differencesOf(sides)
  const isPlain = kind === 'boolean' && isZeroOrOne(sides.baseline) && isZeroOrOne(sides.candidate)
  const compared = isPlain ? compareRates(differences) : compareMeans(differences, { kind, seed })
  return {
    pairs,
    baseline: meanOf(sides.baseline),
    candidate: meanOf(sides.candidate),
    difference: finite(differences.mean * differences.unit),
    ...compared,
    interval: { ...compared.interval, rough: pairs < FEW_PAIRS || differences.changed < FEW_CHANGED },
    pValue: Math.min(1, Math.max(Number.MIN_VALUE, compared.pValue)),
  }
}

interface Compared {
  readonly interval: Omit<Interval, 'rough'>
  readonly test: PairedTest
  readonly pValue: number
  readonly detectable: number
}

function compareRates({ values }: Differences): Compared {
  const pairs = values.length
  const discordant = { fixed: count(values, 1), broken: count(values, -1) }
  const isExact = discordant.fixed + discordant.broken <= MOST_EXACT
  return {
    interval: pairs === 0 ? { low: -1, high: 1 } : pairedRateInterval(discordant, pairs),
    test: isExact ? 'mcnemar-exact' : 'mcnemar-mid-p',
    pValue: isExact ? mcnemarExact(discordant) : mcnemarMidP(discordant),
    detectable: detectableRate({ pairs, discordant: discordant.fixed + discordant.broken, isExact }),
  }
}

interface MeansOptions {
  readonly kind: PairsToCompare['kind']
  readonly seed: number
}

function compareMeans(differences: Differences, { kind, seed }: MeansOptions): Compared {
  const { values, mean, standardDeviation, unit, changed } = differences
  const pairs = values.length
  const isResampled = pairs <= MOST_RESAMPLED
  const bound = (value: number): number => (kind === 'score' ? finite(value) : Math.min(1, Math.max(-1, value)))
  const common = {
    test: isResampled ? ('permutation' as const) : ('paired-t' as const),
    pValue: isResampled ? signFlipPValue(values, seed) : studentPValue(differences),
  }
  if (kind === 'boolean' && changed === 0) {
    // No spread was seen, but pairs that can differ by 1 at most bound it.
    const { interval, detectable } = compareRates(differences)
    return { ...common, interval, detectable }
  }
  const reach =
    pairs < 2 ? Number.POSITIVE_INFINITY : (reachOf(differences, seed) * standardDeviation) / Math.sqrt(pairs)
  return {
    ...common,
    interval: { low: bound((mean - reach) * unit), high: bound((mean + reach) * unit) },
    detectable: detectableMean(differences),
  }
}

/** In standard errors. */
function reachOf(differences: Differences, seed: number): number {
  const pairs = differences.values.length
  const student = studentQuantile(0.975, pairs - 1)
  if (pairs < FEWEST_RESAMPLED || pairs > MOST_RESAMPLED || differences.standardDeviation === 0) return student
  const reach = bootstrapReach(differences, seed)
  return Number.isFinite(reach) ? reach : student
}

function studentPValue({ values, mean, standardDeviation }: Differences): number {
  if (mean === 0) return 1
  return studentTwoSided((mean / standardDeviation) * Math.sqrt(values.length), values.length - 1)
}

function isZeroOrOne(values: Float64Array): boolean {
  return values.every((value) => value === 0 || value === 1)
}

function count(values: Float64Array, wanted: number): number {
  return values.reduce((sum, value) => (value === wanted ? sum + 1 : sum), 0)
}
