import type { RecordText } from '../model/row.ts'
import type { Selection } from './plan.ts'

/**
 * `--filter key=value`. `key` is `id`, `tag`, or a path such as `input.lang`, `expectedOutput.label` or `metadata.source`;
 * a bare key means `metadata`. Strings compare as they are, other values as JSON.
 */
export interface RecordFilter {
  readonly key: string
  readonly value: string
}

type Batches = AsyncIterable<readonly RecordText[]>

/** Takes the selected records out of a stream of batches of records, in its order. */
export function selectRecords(batches: Batches, selection: Selection): Batches {
  const { sampleSize, sampleSeed } = selection
  const isFiltered = selection.filters.length > 0 || selection.records.length > 0
  const matching = isFiltered ? filterRecords(batches, selection) : batches
  if (sampleSize === undefined) return matching
  return sampleSeed === undefined
    ? takeFirst(matching, sampleSize)
    : drawSample(matching, sampleSize, createRandom(sampleSeed))
}

async function* filterRecords(batches: Batches, selection: Selection): AsyncGenerator<readonly RecordText[], void> {
  const wanted = new Set(selection.records)
  const isSelected = (record: RecordText): boolean =>
    (wanted.size === 0 || wanted.has(record.key)) && selection.filters.every((filter) => matches(record, filter))
  for await (const batch of batches) yield batch.filter(isSelected)
}

async function* takeFirst(batches: Batches, count: number): AsyncGenerator<readonly RecordText[], void> {
  let left = count
  for await (const batch of batches) {
    yield batch.slice(0, left)
    left -= batch.length
    if (left <= 0) return
  }
}

/** Reservoir sampling (Vitter's algorithm R): one pass, memory for the sample only. The sample keeps the dataset's order. */
async function* drawSample(
  batches: Batches,
  size: number,
  random: () => number,
): AsyncGenerator<readonly RecordText[], void> {
  const reservoir: { readonly position: number; readonly record: RecordText }[] = []
  let position = 0
  for await (const batch of batches) {
    for (const record of batch) {
      if (reservoir.length < size) reservoir.push({ position, record })
      else {
        const place = Math.floor(random() * (position + 1))
        if (place < size) reservoir[place] = { position, record }
      }
      position++
    }
  }
  yield reservoir.sort((a, b) => a.position - b.position).map(({ record }) => record)
}

/** Mulberry32: small, seeded, the same on every machine. */
export function createRandom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000
  }
}

function matches(record: RecordText, filter: RecordFilter): boolean {
  const [root = '', ...path] = filter.key.split('.')
  switch (root) {
    case 'id':
      return record.key === filter.value
    case 'tag':
      return record.tags?.includes(filter.value) ?? false
    case 'input':
      return equals(parse(record.input), path, filter.value)
    case 'expectedOutput':
      return equals(parse(record.expectedOutput), path, filter.value)
    case 'metadata':
      return equals(parse(record.metadata), path, filter.value)
    default:
      return (
        equals(parse(record.metadata), [root, ...path], filter.value) ||
        (record.tags?.includes(`${filter.key}:${filter.value}`) ?? false)
      )
  }
}

function parse(json: string | undefined): unknown {
  return json === undefined ? undefined : JSON.parse(json)
}

function equals(value: unknown, path: readonly string[], wanted: string): boolean {
  let found = value
  for (const step of path) {
    if (typeof found !== 'object' || found === null || !Object.hasOwn(found, step)) return false
    found = Reflect.get(found, step)
  }
  return typeof found === 'string' ? found === wanted : found !== undefined && JSON.stringify(found) === wanted
}
