import type { Selection } from '../engine/plan.ts'

const MAX_RECORDS = 10

/** Which records were asked for, as options; empty when it was all of them. */
export function describeSelection({ filters, records }: Selection): string {
  const words = [
    ...filters.map(({ key, value }) => `--filter ${key}=${value}`),
    ...records.slice(0, MAX_RECORDS).map((id) => `--record ${id}`),
  ]
  const more = records.length - MAX_RECORDS
  return more > 0 ? `${words.join(' ')} and ${more} more` : words.join(' ')
}
