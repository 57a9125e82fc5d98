const SEGMENTS = 64
const FIRST_SLOTS = 16
const MAX_LOAD = 0.8
const GROWTH = 1.5

/** How a record came by its key: it is its id, or was derived from its input. */
export type KeyKind = 'id' | 'derived'

/**
 * A set of keys in at most 16 bytes a key: 63 bits of a hash of each, and its kind. Two different keys among a million are taken
 * for one with a probability below one in ten million.
 */
export interface SeenKeys {
  /** Adds a key unless it is there; returns the kind under which it was. */
  add(key: string, kind: KeyKind): KeyKind | undefined
  /** The kind under which the key is there; adds nothing. */
  kindOf(key: string): KeyKind | undefined
  readonly bytes: number
}

interface Segment {
  /** Two words a slot; both 0 in a free one. */
  words: Uint32Array
  used: number
}

interface Slot {
  readonly segment: Segment
  readonly index: number
  readonly free: boolean
}

export function createSeenKeys(): SeenKeys {
  // Many small tables: one that grows copies a sixty-fourth, never doubling the whole.
  const segments = Array.from(
    { length: SEGMENTS },
    (): Segment => ({ words: new Uint32Array(FIRST_SLOTS * 2), used: 0 }),
  )
  const hash = { high: 0, low: 0 }

  const find = (key: string): Slot => {
    hashKey(key, hash)
    const segment = segments[hash.high >>> 26] ?? { words: new Uint32Array(2), used: 0 }
    const index = probe(segment.words, hash.high, hash.low)
    return { segment, index, free: isFree(segment.words, index) }
  }

  return {
    add(key, kind) {
      const { segment, index, free } = find(key)
      if (!free) return readKind(segment.words, index)
      segment.words[index] = hash.high
      segment.words[index + 1] = hash.low | (kind === 'id' ? 1 : 0)
      segment.used++
      if (segment.used * 2 > segment.words.length * MAX_LOAD) grow(segment)
      return undefined
    },
    kindOf(key) {
      const { segment, index, free } = find(key)
      return free ? undefined : readKind(segment.words, index)
    },
    get bytes() {
      return segments.reduce((sum, { words }) => sum + words.byteLength, 0)
    },
  }
}

function isFree(words: Uint32Array, index: number): boolean {
  return words[index] === 0 && words[index + 1] === 0
}

function readKind(words: Uint32Array, index: number): KeyKind {
  return ((words[index + 1] ?? 0) & 1) === 1 ? 'id' : 'derived'
}

/** The slot that holds the hash, or the free one where it belongs. The lowest bit is the kind and does not count. */
function probe(words: Uint32Array, high: number, low: number): number {
  const slots = words.length / 2
  let index = Math.floor((low / 2 ** 32) * slots) * 2
  while (!isFree(words, index)) {
    if (words[index] === high && (((words[index + 1] ?? 0) ^ low) & ~1) === 0) return index
    index = index + 2 === words.length ? 0 : index + 2
  }
  return index
}

function grow(segment: Segment): void {
  const old = segment.words
  const words = new Uint32Array(Math.ceil((old.length / 2) * GROWTH) * 2)
  for (let from = 0; from < old.length; from += 2) {
    if (isFree(old, from)) continue
    const to = probe(words, old[from] ?? 0, old[from + 1] ?? 0)
    words[to] = old[from] ?? 0
    words[to + 1] = old[from + 1] ?? 0
  }
  segment.words = words
}

/** 63 bits, never all zero; the lowest bit of `low` is 0. */
export interface KeyHash {
  high: number
  low: number
}

/** Two lanes of MurmurHash3 over the string's code units, mixed at the end. Fast, well spread, not secret. */
export function hashKey(key: string, hash: KeyHash): void {
  let high = 0x9747b28c
  let low = 0x3c6ef372
  for (let at = 0; at < key.length; at += 2) {
    const word = key.charCodeAt(at) | (at + 1 < key.length ? key.charCodeAt(at + 1) << 16 : 0)
    high = Math.imul(rotate(high ^ Math.imul(rotate(Math.imul(word, 0xcc9e2d51), 15), 0x1b873593), 13), 5) + 0xe6546b64
    low = Math.imul(rotate(low ^ Math.imul(rotate(Math.imul(word, 0xab0e9789), 17), 0x38b34ae5), 15), 5) + 0x561ccd1b
  }
  high = finish(high ^ key.length)
  low = finish((low ^ key.length) + high)
  high = (high + low) >>> 0
  // Never all zero, which means a free slot; the lowest bit is the kind's.
  hash.high = high === 0 ? 1 : high
  hash.low = (low & ~1) >>> 0
}

function rotate(word: number, bits: number): number {
  return (word << bits) | (word >>> (32 - bits))
}

function finish(word: number): number {
  let mixed = Math.imul(word ^ (word >>> 16), 0x85ebca6b)
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35)
  return (mixed ^ (mixed >>> 16)) >>> 0
}
