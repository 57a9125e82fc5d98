const STRIDE = 5
const FIRST_SLOTS = 1_024
const MAX_LOAD = 0.7

/** What a record at Datadog has, which changing it depends on. */
export interface RecordTraits {
  readonly expectedOutput: boolean
  readonly metadata: boolean
  readonly tags: boolean
}

/** What is known of a record at Datadog: 16 hexadecimal digits of a hash of its content, and its traits. */
export interface IndexedRecord {
  readonly contentHash: string
  readonly traits: RecordTraits
}

/**
 * The records of a dataset in 20 bytes each, however large they are. Ids and contents are told apart by 64 bits of a hash: two of a
 * million are taken for one with a probability of one in thirty million.
 */
export interface RecordIndex {
  /** Adds a record, under 16 hexadecimal digits of a hash of its id. */
  add(idHash: string, record: IndexedRecord): void
  /** The record with that id, which is from then on one that was asked for. */
  take(idHash: string): IndexedRecord | undefined
  /** Whether it was asked for. */
  isTaken(idHash: string): boolean
  readonly size: number
  /** How many were never asked for. */
  readonly left: number
}

interface Table {
  /** For each slot: two words of the id's hash, two of the content's, and flags, which are 0 in a free one. */
  words: Uint32Array
}

const USED = 1
const TAKEN = 2
const EXPECTED_OUTPUT = 4
const METADATA = 8
const TAGS = 16

export function createRecordIndex(): RecordIndex {
  const table: Table = { words: new Uint32Array(FIRST_SLOTS * STRIDE) }
  let size = 0
  let left = 0
  return {
    add(idHash, { contentHash, traits }) {
      if ((size + 1) * STRIDE > table.words.length * MAX_LOAD) grow(table)
      const [high, low] = split(idHash)
      const at = find(table.words, high, low)
      // A list that changes while it is read may tell of a record twice.
      if (table.words[at + 4] === 0) {
        size++
        left++
      }
      table.words.set([high, low, ...split(contentHash), toFlags(traits)], at)
    },
    take(idHash) {
      const at = find(table.words, ...split(idHash))
      const flags = table.words[at + 4] ?? 0
      if (flags === 0) return undefined
      if ((flags & TAKEN) === 0) left--
      table.words[at + 4] = flags | TAKEN
      return { contentHash: join(table.words[at + 2], table.words[at + 3]), traits: toTraits(flags) }
    },
    isTaken: (idHash) => ((table.words[find(table.words, ...split(idHash)) + 4] ?? 0) & TAKEN) !== 0,
    get size() {
      return size
    },
    get left() {
      return left
    },
  }
}

function toFlags({ expectedOutput, metadata, tags }: RecordTraits): number {
  return USED | (expectedOutput ? EXPECTED_OUTPUT : 0) | (metadata ? METADATA : 0) | (tags ? TAGS : 0)
}

function toTraits(flags: number): RecordTraits {
  return {
    expectedOutput: (flags & EXPECTED_OUTPUT) !== 0,
    metadata: (flags & METADATA) !== 0,
    tags: (flags & TAGS) !== 0,
  }
}

function split(hash: string): [number, number] {
  return [Number.parseInt(hash.slice(0, 8), 16), Number.parseInt(hash.slice(8, 16), 16)]
}

function join(high = 0, low = 0): string {
  return high.toString(16).padStart(8, '0') + low.toString(16).padStart(8, '0')
}

/** Where the slot with that id begins, or the free one where it belongs. */
function find(words: Uint32Array, high: number, low: number): number {
  const slots = words.length / STRIDE
  let slot = low % slots
  while (words[slot * STRIDE + 4] !== 0 && (words[slot * STRIDE] !== high || words[slot * STRIDE + 1] !== low)) {
    slot = (slot + 1) % slots
  }
  return slot * STRIDE
}

function grow(table: Table): void {
  const old = table.words
  table.words = new Uint32Array(old.length * 2)
  for (let at = 0; at < old.length; at += STRIDE) {
    if (old[at + 4] === 0) continue
    table.words.set(old.subarray(at, at + STRIDE), find(table.words, old[at] ?? 0, old[at + 1] ?? 0))
  }
}
