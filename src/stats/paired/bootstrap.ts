import { randomBits } from '../random.ts'
import type { Differences } from './differences.ts'

const RESAMPLES = 1999

/**
 * How many standard errors a 95 % interval reaches to both sides of the mean difference, from the 95 % point of |t| over 1,999
 * resamples: the symmetric studentised bootstrap of P. Hall, "On Symmetric Bootstrap Confidence Intervals", J. Royal Statistical
 * Society B 50 (1988) 35–45. Infinite where many resamples have no spread.
 */
export function bootstrapReach({ values, mean }: Differences, seed: number): number {
  const next = randomBits(seed)
  const size = values.length
  const deviations = values.map((value) => value - mean)
  const distances = new Float64Array(RESAMPLES)
  for (let resample = 0; resample < RESAMPLES; resample++) {
    let sum = 0
    let squares = 0
    for (let draw = 0; draw < size; draw++) {
      const deviation = deviations[Math.floor((next() * size) / 0x1_0000_0000)] ?? 0
      sum += deviation
      squares += deviation * deviation
    }
    const variance = (squares - (sum * sum) / size) / (size - 1)
    distances[resample] = variance > 0 ? Math.abs(sum) / Math.sqrt(size * variance) : sum === 0 ? 0 : Infinity
  }
  return distances.sort()[Math.ceil(0.95 * (RESAMPLES + 1)) - 1] ?? Infinity
}
