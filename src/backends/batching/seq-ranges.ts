import type { SeqRange } from '../../model/push.ts'

/** A set of positions in the log, kept as ranges: what is accepted in one go takes the room of two numbers. */
export class SeqRanges {
  // Ascending, with at least one position between the end of one range and the start of the next.
  readonly #firsts: number[] = []
  readonly #lasts: number[] = []
  #size = 0

  /** How many positions are in it. */
  get size(): number {
    return this.#size
  }

  has(seq: number): boolean {
    const last = this.#lasts[this.#rangeAt(seq)]
    return last !== undefined && seq <= last
  }

  /** Adds both of its ends and what lies between them. */
  add([first, last]: SeqRange): void {
    // The first range that reaches up to this one or touches it, and the first one behind it.
    const from = this.#rangeAt(first - 1) + ((this.#lasts[this.#rangeAt(first - 1)] ?? -1) >= first - 1 ? 0 : 1)
    const to = this.#rangeAt(last + 1) + 1
    const low = from < to ? Math.min(first, this.#firsts[from] ?? first) : first
    const high = from < to ? Math.max(last, this.#lasts[to - 1] ?? last) : last
    for (let index = from; index < to; index++) this.#size -= this.#length(index)
    this.#firsts.splice(from, to - from, low)
    this.#lasts.splice(from, to - from, high)
    this.#size += high - low + 1
  }

  ranges(): SeqRange[] {
    return this.#firsts.map((first, index) => [first, this.#lasts[index] ?? first])
  }

  #length(index: number): number {
    return (this.#lasts[index] ?? 0) - (this.#firsts[index] ?? 0) + 1
  }

  /** The last range that starts at or before it; -1 when there is none. */
  #rangeAt(seq: number): number {
    let low = 0
    let high = this.#firsts.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((this.#firsts[middle] ?? 0) <= seq) low = middle + 1
      else high = middle
    }
    return low - 1
  }
}

/** The ranges that these positions make, in any order. */
export function rangesOf(seqs: Iterable<number>): SeqRange[] {
  const set = new SeqRanges()
  for (const seq of seqs) set.add([seq, seq])
  return set.ranges()
}
