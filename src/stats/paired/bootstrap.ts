import { RandomBits } from '../random.ts'
import type { Differences } from './differences.ts'

const RESAMPLES = 999

/**
 * How many standard errors a 95 % interval reaches to both sides of the mean difference, from the 95 % point of |t| over 999
 * resamples: the symmetric studentised bootstrap of P. Hall, "On Symmetric Bootstrap Confidence Intervals", J. Royal Statistical
 * Society B 50 (1988) 35–45. Infinite where many resamples have no spread.
 */
export function bootstrapReach({ values, mean }: Differences, seed: number): number {
  const random = new RandomBits(seed)
  const size = values.length
  const deviations = values.map((value) => value - mean)
  const draws = new Uint32Array(size)
  const distances = new Float64Array(RESAMPLES)
  for (let resample = 0; resample < RESAMPLES; resample++) {
    random.fill(draws)
    distances[resample] = distanceOf(deviations, draws)
  }
  return distances.sort()[Math.ceil(0.95 * (RESAMPLES + 1)) - 1] ?? Infinity
}

/** |t| of one resample: its mean over its standard error. */
function distanceOf(deviations: Float64Array, draws: Uint32Array): number {
  const size = draws.length
  const scale = size / 0x1_0000_0000
  let sum = 0
  let squares = 0
  for (let draw = 0; draw < size; draw++) {
    const deviation = deviations[Math.trunc((draws[draw] ?? 0) * scale)] ?? 0
    sum += deviation
    squares += deviation * deviation
  }
  const variance = (squares - (sum * sum) / size) / (size - 1)
  if (variance > 0) return Math.abs(sum) / Math.sqrt(size * variance)
  return sum === 0 ? 0 : Number.POSITIVE_INFINITY
}
