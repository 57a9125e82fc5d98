/**
 * Count, mean and sum of squared deviations (M2), in one pass and mergeable. Adding: B. P. Welford, "Note on a Method for
 * Calculating Corrected Sums of Squares and Products", Technometrics 4 (1962) 419–420. Merging: Chan, Golub & LeVeque,
 * "Updating Formulae and a Pairwise Algorithm for Computing Sample Variances", Stanford STAN-CS-79-773 (1979).
 */
export interface Moments {
  readonly n: number
  readonly mean: number
  readonly m2: number
}

export const NO_MOMENTS: Moments = { n: 0, mean: 0, m2: 0 }

/** The moments after one more value. Halves are divided before they are subtracted, so that huge values do not overflow the mean. */
export function addMoment(moments: { n: number; mean: number; m2: number }, value: number): void {
  const n = moments.n + 1
  const delta = value - moments.mean
  const mean = Number.isFinite(delta) ? moments.mean + delta / n : moments.mean * ((n - 1) / n) + value / n
  moments.m2 += delta * (value - mean)
  moments.mean = mean
  moments.n = n
}

export function mergeMoments(a: Moments, b: Moments): Moments {
  if (a.n === 0) return b
  if (b.n === 0) return a
  const n = a.n + b.n
  const delta = b.mean - a.mean
  const mean = Number.isFinite(delta) ? a.mean + (delta * b.n) / n : a.mean * (a.n / n) + b.mean * (b.n / n)
  return { n, mean, m2: a.m2 + b.m2 + delta * delta * ((a.n * b.n) / n) }
}

/** With the n − 1 of Bessel; 0 for a single value. */
export function sampleVariance({ n, m2 }: Moments): number {
  return n < 2 ? 0 : m2 / (n - 1)
}
