/** Differences as whole numbers of one step. */
export interface Lattice {
  readonly steps: readonly number[]
  /** Sum of their sizes. */
  readonly reach: number
}

/** Thirds of three runs, tenths, hundredths of per cent scores. */
const FINENESS = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 15, 16, 20, 25, 30, 40, 50, 60, 100]
const WHOLE = 1e-9
const LARGEST = 2 ** 31
const MOST_WORK = 20_000_000

/** The differences as multiples of one step, where they are and where counting all their sums is cheap. */
export function latticeOf(differences: Float64Array): Lattice | undefined {
  const fineness = FINENESS.find((parts) => differences.every((difference) => isWhole(difference * parts)))
  if (fineness === undefined) return undefined
  const whole = Array.from(differences, (difference) => Math.round(difference * fineness))
  const divisor = whole.reduce(greatestDivisor, 0)
  const steps = whole.map((step) => step / divisor)
  const reach = steps.reduce((sum, step) => sum + Math.abs(step), 0)
  return reach * steps.length > MOST_WORK ? undefined : { steps, reach }
}

/** The share of all sign changes whose sum is at least as far from 0, by counting sums in place of changes. */
export function latticePValue({ steps, reach }: Lattice): number {
  // Probability that the steps which stay positive add up to an index.
  const probabilities = new Float64Array(reach + 1)
  probabilities[0] = 1
  let top = 0
  for (const step of steps) {
    const size = Math.abs(step)
    top += size
    for (let sum = top; sum >= 0; sum--) {
      const stays = sum < size ? 0 : (probabilities[sum - size] ?? 0)
      probabilities[sum] = ((probabilities[sum] ?? 0) + stays) / 2
    }
  }
  const observed = Math.abs(steps.reduce((sum, step) => sum + step, 0))
  return probabilities.reduce((tail, share, sum) => (Math.abs(2 * sum - reach) >= observed ? tail + share : tail), 0)
}

function isWhole(value: number): boolean {
  return Math.abs(value) < LARGEST && Math.abs(value - Math.round(value)) <= WHOLE && Math.round(value) !== 0
}

function greatestDivisor(a: number, b: number): number {
  let [larger, smaller] = [Math.abs(a), Math.abs(b)]
  while (smaller > 0) [larger, smaller] = [smaller, larger % smaller]
  return larger
}
