import { normalQuantile } from './normal.ts'

const MAX_STEPS = 100
const LARGE_DF = 1000

/**
 * The point below which Student's t distribution with `df` degrees of freedom has probability `p` (R's `qt(p, df)`), to about
 * 11 digits. Closed forms for 1 and 2 degrees; above 1,000 the expansion 26.7.5 of Abramowitz & Stegun, "Handbook of
 * Mathematical Functions" (1964); else Newton steps on `studentProbability` that start from that expansion.
 */
export function studentQuantile(p: number, df: number): number {
  if (p === 0.5) return 0
  if (p < 0.5) return -studentQuantile(1 - p, df)
  if (p >= 1) return Number.POSITIVE_INFINITY
  if (df === 1) return Math.tan(Math.PI * (p - 0.5))
  if (df === 2) return ((2 * p - 1) * Math.SQRT2) / Math.sqrt(4 * p * (1 - p))
  const start = expandFromNormal(normalQuantile(p), df)
  return df > LARGE_DF ? start : solve(p, df, start)
}

function expandFromNormal(z: number, df: number): number {
  const s = z * z
  const g1 = (z * (s + 1)) / 4
  const g2 = (z * ((5 * s + 16) * s + 3)) / 96
  const g3 = (z * (((3 * s + 19) * s + 17) * s - 15)) / 384
  const g4 = (z * ((((79 * s + 776) * s + 1482) * s - 1920) * s - 945)) / 92_160
  return z + g1 / df + g2 / df ** 2 + g3 / df ** 3 + g4 / df ** 4
}

/** Newton's steps, kept inside a bracket that shrinks; a step that leaves it is replaced by halving. */
function solve(p: number, df: number, start: number): number {
  let low = 0
  let high = Number.POSITIVE_INFINITY
  let t = start
  for (let step = 0; step < MAX_STEPS; step++) {
    const excess = studentProbability(t, df) - p
    if (excess > 0) high = t
    else low = t
    const newton = t - excess / studentDensity(t, df)
    const next = newton > low && newton < high ? newton : halve(low, high, t)
    if (Math.abs(next - t) <= 1e-14 * Math.abs(next)) return next
    t = next
  }
  return t
}

function halve(low: number, high: number, t: number): number {
  return Number.isFinite(high) ? (low + high) / 2 : t * 2
}

function studentDensity(t: number, df: number): number {
  const scale = logGamma((df + 1) / 2) - logGamma(df / 2) - Math.log(df * Math.PI) / 2
  return Math.exp(scale - ((df + 1) / 2) * Math.log1p((t * t) / df))
}

/**
 * The probability below `t` of Student's t distribution: 1 − I(df/2, 1/2; df/(df+t²))/2 for t ≥ 0, Abramowitz & Stegun 26.7.1
 * with 26.5.27, by the regularised incomplete beta function.
 */
export function studentProbability(t: number, df: number): number {
  if (t < 0) return 1 - studentProbability(-t, df)
  const x = (t * t) / (df + t * t)
  return 0.5 + incompleteBeta(x, 0.5, df / 2) / 2
}

/** The probability that Student's t with `df` degrees of freedom is at least as far from 0 as `t`; exact in the tail, where a difference from 1 is not. */
export function studentTwoSided(t: number, df: number): number {
  if (!Number.isFinite(t)) return 0
  const square = t * t
  return Number.isFinite(square) ? incompleteBeta(df / (df + square), df / 2, 0.5) : 0
}

/** Regularised incomplete beta I(a, b; x), by the continued fraction DLMF 8.17.22 on the side where it converges fast. */
function incompleteBeta(x: number, a: number, b: number): number {
  if (x <= 0) return 0
  if (x >= 1) return 1
  const scale = logGamma(a + b) - logGamma(a) - logGamma(b)
  const front = Math.exp(scale + a * Math.log(x) + b * Math.log1p(-x))
  return x < (a + 1) / (a + b + 2) ? (front * betaFraction(x, a, b)) / a : 1 - (front * betaFraction(1 - x, b, a)) / b
}

/** The fraction itself, by Lentz's method as modified by Thompson & Barnett, J. Comput. Phys. 64 (1986) 490–509. */
function betaFraction(x: number, a: number, b: number): number {
  let c = 1
  let d = 1 / notZero(1 - ((a + b) * x) / (a + 1))
  let fraction = d
  for (let m = 1; m <= 1000; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m))
    d = 1 / notZero(1 + even * d)
    c = notZero(1 + even / c)
    fraction *= d * c
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1))
    d = 1 / notZero(1 + odd * d)
    c = notZero(1 + odd / c)
    fraction *= d * c
    if (Math.abs(d * c - 1) < 1e-16) break
  }
  return fraction
}

function notZero(value: number): number {
  return Math.abs(value) < 1e-300 ? 1e-300 : value
}

const lanczos: readonly number[] = [
  676.5203681218851, -1259.1392167224028, 771.3234287776531, -176.6150291621406, 12.507343278686905,
  -0.13857109526572012, 9.984369578019572e-6, 1.5056327351493116e-7,
]

/** ln Γ(x) for x > 0: C. Lanczos, SIAM J. Numer. Anal. B 1 (1964) 86–96, with g = 7 and the 9 coefficients of P. Godfrey. */
export function logGamma(x: number): number {
  if (x < 0.5) return Math.log(Math.PI / Math.sin(Math.PI * x)) - logGamma(1 - x)
  const shifted = x - 1
  const base = shifted + 7.5
  const sum = lanczos.reduce(
    (total, coefficient, index) => total + coefficient / (shifted + index + 1),
    0.9999999999998099,
  )
  return 0.5 * Math.log(2 * Math.PI) + (shifted + 0.5) * Math.log(base) - base + Math.log(sum)
}
