import type { Selection } from '../engine/plan.ts'

/** Which records were asked for, as options; empty when it was all of them. */
export function describeSelection({ filters, records }: Selection): string {
  const words = [
    ...filters.map(({ key, value }) => `--filter ${key}=${value}`),
    ...records.map((id) => `--record ${id}`),
  ]
  return words.join(' ')
}
