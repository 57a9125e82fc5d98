import { logGamma } from '../student.ts'

/** Pairs of which one side passes and the other does not. */
export interface Discordant {
  /** Passes in the candidate only. */
  readonly fixed: number
  /** Passes in the baseline only. */
  readonly broken: number
}

/**
 * The exact two-sided p-value of McNemar's test, a sign test on the discordant pairs: Q. McNemar, "Note on the Sampling Error of
 * the Difference between Correlated Proportions or Percentages", Psychometrika 12 (1947) 153–157
 * (R's `binom.test(fixed, fixed + broken)`).
 */
export function mcnemarExact({ fixed, broken }: Discordant): number {
  const { below, at } = halfBinomialTail(Math.min(fixed, broken), fixed + broken)
  return Math.min(1, 2 * (below + at))
}

/**
 * The same with only half of the probability of what was observed: less strict than the exact test, and at its level all the
 * same. Fagerland, Lydersen & Laake, "The McNemar test for binary matched-pairs data: mid-p and asymptotic are better than exact
 * conditional", BMC Medical Research Methodology 13 (2013) 91.
 */
export function mcnemarMidP({ fixed, broken }: Discordant): number {
  const { below, at } = halfBinomialTail(Math.min(fixed, broken), fixed + broken)
  return Math.min(1, 2 * below + at)
}

/** How probable it is that of `n` throws of a fair coin fewer than `k`, and just `k`, are heads; for k ≤ n/2. */
function halfBinomialTail(k: number, n: number): { below: number; at: number } {
  const at = Math.exp(logGamma(n + 1) - logGamma(k + 1) - logGamma(n - k + 1) - n * Math.LN2)
  let below = 0
  let term = at
  for (let heads = k; heads > 0; heads--) {
    term *= heads / (n - heads + 1)
    below += term
    if (term < below * 1e-17) break
  }
  return { below, at }
}
