/** What of a pulled experiment is not as this tool would have it, with what became of it. */
const texts = {
  'child-span': (count: string) => `${count} of calls within tasks left out`,
  'cut-short': (count: string) => `${count} came with less than there was: it was too large to be sent`,
  'no-duration': (count: string) => `${count} without a duration: 0 stands in its place`,
  'no-record': (count: string) => `${count} without the id of a record: the input stands in its place`,
  'no-run': (count: string) => `${count} without a run: taken for one run`,
  'no-run-summary': (count: string) => `${count} of summary evaluators of no known run left out`,
  'no-start': (count: string) => `${count} without a time: that of the experiment stands in its place`,
  'no-value': (count: string) => `${count} of evaluators missing, and neither an error nor a word of why`,
  'odd-name': (count: string) => `${count} of evaluators with names that cannot be kept left out`,
  'odd-value': (count: string) => `${count} of evaluators of no known type left out`,
  'other-content': (count: string) => `${count} of a record that was another in an earlier row: the first stands`,
  renumbered: (count: string) => `${count} numbered anew, in the order in which they began`,
  'run-anew': (count: string) => `${count} of the same record in the same run left out: the latest stands`,
  'too-few': (count: string) =>
    `${count} counted by the backend and not given: what was pushed a moment ago may not be readable yet`,
  unreadable: (count: string) => `${count} that cannot be read left out`,
} as const

const nouns = {
  'child-span': 'span',
  'cut-short': 'row',
  'no-duration': 'row',
  'no-record': 'row',
  'no-run': 'row',
  'no-run-summary': 'value',
  'no-start': 'row',
  'no-value': 'value',
  'odd-name': 'value',
  'odd-value': 'value',
  'other-content': 'row',
  renumbered: 'run',
  'run-anew': 'row',
  'too-few': 'span',
  unreadable: 'span',
} as const satisfies { readonly [kind in keyof typeof texts]: string }

export type Oddity = keyof typeof texts

/** Counts what is odd, so that it is said once for each kind. */
export interface Oddities {
  /** @param by how many there are of it; none is nothing to tell */
  count(kind: Oddity, by?: number): void
  /** One line for each kind. */
  list(): readonly string[]
}

export function createOddities(): Oddities {
  const counts = new Map<Oddity, number>()
  return {
    count(kind, by = 1) {
      if (by > 0) counts.set(kind, (counts.get(kind) ?? 0) + by)
    },
    list: () =>
      [...counts].sort(([one], [other]) => (one < other ? -1 : 1)).map(([kind, count]) => describe(kind, count)),
  }
}

function describe(kind: Oddity, count: number): string {
  return texts[kind](`${count} ${nouns[kind]}${count === 1 ? '' : 's'}`)
}
