/**
 * A quantile by linear interpolation between order statistics: type 7 of Hyndman & Fan, "Sample Quantiles in Statistical
 * Packages", The American Statistician 50 (1996) 361–365; the default of R's `quantile` and of NumPy.
 *
 * @param sorted - at least one value, ascending
 * @param p - from 0 to 1
 */
export function quantile(sorted: Float64Array, p: number): number {
  const position = (sorted.length - 1) * p
  const index = Math.floor(position)
  const low = sorted[index] ?? Number.NaN
  const high = sorted[index + 1] ?? low
  const share = position - index
  if (share === 0 || low === high) return low
  const step = high - low
  return Number.isFinite(step) ? low + share * step : low * (1 - share) + high * share
}
