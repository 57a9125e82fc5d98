import type { Selection } from '../../engine/plan.ts'
import { selectRecords } from '../../engine/select.ts'
import type { SourceProblem } from '../../model/dataset.ts'
import type { DatasetCheck, RecordItem } from '../../model/executor.ts'
import type { RecordText, RowReader } from '../../model/row.ts'
import type { KnownRecords } from './known-records.ts'

/** How a dataset that can be read beforehand compares with the records of a log. */
export interface ExaminedRecords {
  readonly check: DatasetCheck
  /** How many records would be run by now. */
  readonly selected: number
  readonly changed: ReadonlySet<string>
  /** Selected, and not in the log. */
  readonly added: NamedCount
  /** In the log, and not selected any more. */
  readonly gone: NamedCount
}

/** How many there are, and the keys of the first few. */
export interface NamedCount {
  readonly count: number
  readonly keys: readonly string[]
}

export interface ExamineOptions {
  readonly items: AsyncIterable<readonly RecordItem[]>
  readonly selection: Selection
  /** Is told which of them the dataset has. */
  readonly known: KnownRecords
  readonly reader: RowReader
}

const KEYS_NAMED = 3
const INVALID_KEPT = 10

/** Reads a dataset through once, by keys and content alone. */
export async function examineRecords({ items, selection, known, reader }: ExamineOptions): Promise<ExaminedRecords> {
  const counted = new CountedItems(items)
  const changed = new Set<string>()
  const added: string[] = []
  let addedCount = 0
  let selected = 0
  for await (const records of selectRecords(counted.records(), selection)) {
    for (const { key, contentHash } of records) {
      selected++
      known.meet(key)
      const likeness = known.compare(key, contentHash)
      if (likeness === 'changed') changed.add(key)
      if (likeness !== 'new') continue
      addedCount++
      if (added.length < KEYS_NAMED) added.push(key)
    }
  }
  const gone = { count: known.unmet, keys: await findGone(known, reader) }
  return { check: await counted.check(), selected, changed, added: { count: addedCount, keys: added }, gone }
}

async function findGone(known: KnownRecords, reader: RowReader): Promise<string[]> {
  const gone: string[] = []
  if (known.unmet === 0) return gone
  for await (const records of reader.records()) {
    for (const { key } of records) {
      if (!known.isMet(key)) gone.push(key)
      if (gone.length === Math.min(known.unmet, KEYS_NAMED)) return gone
    }
  }
  return gone
}

/** The valid records among the items of a dataset, and what there is of both. */
class CountedItems {
  readonly #items: AsyncIterator<readonly RecordItem[]>
  readonly #invalid: SourceProblem[] = []
  #records = 0
  #invalidCount = 0

  constructor(items: AsyncIterable<readonly RecordItem[]>) {
    this.#items = items[Symbol.asyncIterator]()
  }

  async *records(): AsyncGenerator<readonly RecordText[], void> {
    for (let batch = await this.#next(); batch !== undefined; batch = await this.#next()) yield batch
  }

  /** Reads to the end what the selection has left. */
  async check(): Promise<DatasetCheck> {
    while ((await this.#next()) !== undefined);
    return { records: this.#records, invalidCount: this.#invalidCount, invalid: this.#invalid }
  }

  async #next(): Promise<readonly RecordText[] | undefined> {
    const next = await this.#items.next()
    if (next.done === true) return undefined
    const valid = next.value.flatMap((item) => (item.status === 'record' ? [item.record] : []))
    this.#records += valid.length
    for (const item of next.value) if (item.status === 'invalid') this.#note(item.problem)
    return valid
  }

  #note(problem: SourceProblem): void {
    this.#invalidCount++
    if (this.#invalid.length < INVALID_KEPT) this.#invalid.push(problem)
  }
}
