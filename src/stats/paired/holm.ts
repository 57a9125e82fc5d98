/**
 * P-values adjusted for being several, in the order in which they came: S. Holm, "A Simple Sequentially Rejective Multiple Test
 * Procedure", Scandinavian J. Statistics 6 (1979) 65–70 (R's `p.adjust(p, 'holm')`).
 */
export function holm(pValues: readonly number[]): number[] {
  const ranked = pValues.map((pValue, index) => ({ pValue, index })).sort((a, b) => a.pValue - b.pValue)
  const adjusted = [...pValues]
  let largest = 0
  for (const [rank, { pValue, index }] of ranked.entries()) {
    largest = Math.min(1, Math.max(largest, pValue * (pValues.length - rank)))
    adjusted[index] = largest
  }
  return adjusted
}
