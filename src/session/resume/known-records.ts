import { hashKey } from '../../datasets/seen-keys.ts'

const WORDS = 3
const MAX_LOAD = 0.85

/** What a record of the dataset is to one that stands in the log. */
export type Likeness = 'same' | 'changed' | 'new'

/**
 * The records of a log, and which of their units are done, in at most 16 bytes a record for up to ten runs: 63 bits of a hash of
 * each key, 32 of its content, a bit for having been met, and one for each run. Two different keys among a million are taken for
 * one with a probability below one in ten million; a changed record is taken for the same with one below one in four billion.
 */
export class KnownRecords {
  readonly #words: Uint32Array
  readonly #met: Uint8Array
  readonly #done = new Map<number, Uint8Array>()
  readonly #doneCounts = new Map<number, number>()
  readonly #hash = { high: 0, low: 0 }
  #count = 0
  #metCount = 0

  /** @param capacity how many records there will be at most */
  constructor(capacity: number) {
    const slots = Math.ceil(capacity / MAX_LOAD) + 1
    this.#words = new Uint32Array(slots * WORDS)
    this.#met = bits(slots)
  }

  get count(): number {
    return this.#count
  }

  /** Records of the log that the dataset has not had so far. */
  get unmet(): number {
    return this.#count - this.#metCount
  }

  get bytes(): number {
    return [this.#met, ...this.#done.values()].reduce((sum, { length }) => sum + length, this.#words.byteLength)
  }

  /** A record that is known already has changed: none of its units is done any more. */
  add(key: string, contentHash: string): void {
    const slot = this.#find(key)
    if (this.#isFree(slot)) {
      this.#words[slot * WORDS] = this.#hash.high
      this.#words[slot * WORDS + 1] = this.#hash.low
      this.#count++
    } else this.#forget(slot)
    this.#words[slot * WORDS + 2] = contentBits(contentHash)
  }

  has(key: string): boolean {
    return !this.#isFree(this.#find(key))
  }

  compare(key: string, contentHash: string): Likeness {
    const slot = this.#find(key)
    if (this.#isFree(slot)) return 'new'
    return this.#words[slot * WORDS + 2] === contentBits(contentHash) ? 'same' : 'changed'
  }

  /** The dataset has it. */
  meet(key: string): void {
    const slot = this.#find(key)
    if (this.#isFree(slot) || hasBit(this.#met, slot)) return
    setBit(this.#met, slot, true)
    this.#metCount++
  }

  isMet(key: string): boolean {
    return hasBit(this.#met, this.#find(key))
  }

  isDone(key: string, iteration: number): boolean {
    const done = this.#done.get(iteration)
    return done !== undefined && hasBit(done, this.#find(key))
  }

  /** How many units of a run are done. */
  doneOf(iteration: number): number {
    return this.#doneCounts.get(iteration) ?? 0
  }

  setDone(key: string, iteration: number, isDone: boolean): void {
    const slot = this.#find(key)
    if (!this.#isFree(slot)) this.#set(slot, iteration, isDone)
  }

  /** None of its units is done. */
  forget(key: string): void {
    const slot = this.#find(key)
    if (!this.#isFree(slot)) this.#forget(slot)
  }

  #forget(slot: number): void {
    for (const iteration of this.#done.keys()) this.#set(slot, iteration, false)
  }

  #set(slot: number, iteration: number, isDone: boolean): void {
    const done = this.#done.get(iteration) ?? bits(this.#words.length / WORDS)
    this.#done.set(iteration, done)
    if (hasBit(done, slot) === isDone) return
    setBit(done, slot, isDone)
    this.#doneCounts.set(iteration, this.doneOf(iteration) + (isDone ? 1 : -1))
  }

  /** The slot of a key, or the free one where it belongs; its hash is in `#hash` then. */
  #find(key: string): number {
    hashKey(key, this.#hash)
    const { high, low } = this.#hash
    const slots = this.#words.length / WORDS
    let slot = Math.floor((high / 2 ** 32) * slots)
    while (!this.#isFree(slot)) {
      if (this.#words[slot * WORDS] === high && this.#words[slot * WORDS + 1] === low) return slot
      slot = slot + 1 === slots ? 0 : slot + 1
    }
    return slot
  }

  #isFree(slot: number): boolean {
    return this.#words[slot * WORDS] === 0 && this.#words[slot * WORDS + 1] === 0
  }
}

/** 32 bits of a content hash of 16 hexadecimal digits. */
function contentBits(contentHash: string): number {
  return Number.parseInt(contentHash.slice(0, 8), 16) >>> 0
}

function bits(count: number): Uint8Array {
  return new Uint8Array(Math.ceil(count / 8))
}

function hasBit(set: Uint8Array, index: number): boolean {
  return (((set[index >>> 3] ?? 0) >>> (index & 7)) & 1) === 1
}

function setBit(set: Uint8Array, index: number, value: boolean): void {
  const byte = set[index >>> 3] ?? 0
  set[index >>> 3] = value ? byte | (1 << (index & 7)) : byte & ~(1 << (index & 7))
}
