const FIRST_CHUNK = 64
const LARGEST_CHUNK = 65_536

/** A growing list of numbers at 8 bytes each: chunks are added, never copied. */
export class FloatColumn {
  readonly #full: Float64Array[] = []
  #last = new Float64Array(0)
  #used = 0
  #length = 0

  get length(): number {
    return this.#length
  }

  push(value: number): void {
    if (this.#used === this.#last.length) this.#grow()
    this.#last[this.#used++] = value
    this.#length++
  }

  /** Both lists, one after the other. Shares their memory; either may grow on without the result seeing it. */
  concat(other: FloatColumn): FloatColumn {
    const both = new FloatColumn()
    for (const chunk of [...this.#chunks(), ...other.#chunks()]) both.#full.push(chunk)
    both.#length = this.#length + other.#length
    return both
  }

  /** A sorted copy. */
  sorted(): Float64Array {
    const values = new Float64Array(this.#length)
    let offset = 0
    for (const chunk of this.#chunks()) {
      values.set(chunk, offset)
      offset += chunk.length
    }
    return values.sort()
  }

  #chunks(): Float64Array[] {
    return this.#used === 0 ? this.#full : [...this.#full, this.#last.subarray(0, this.#used)]
  }

  #grow(): void {
    if (this.#used > 0) this.#full.push(this.#last)
    this.#last = new Float64Array(Math.min(LARGEST_CHUNK, Math.max(FIRST_CHUNK, this.#length)))
    this.#used = 0
  }
}
