/** All parts in one, merged in pairs so that many parts cost no more than n log n; `undefined` without any. */
export function mergeAll<T extends { merge(other: T): T }>(parts: readonly T[]): T | undefined {
  let round = [...parts]
  while (round.length > 1) {
    const next: T[] = []
    for (let index = 0; index < round.length; index += 2) {
      const [first, second] = round.slice(index, index + 2)
      if (first !== undefined) next.push(second === undefined ? first : first.merge(second))
    }
    round = next
  }
  return round[0]
}
