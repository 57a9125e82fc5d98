const FIRST_CAPACITY = 64 * 1024
/** A buffer that one huge text has made larger than this is let go of. */
const KEPT_CAPACITY = 2 * 1024 * 1024
/** Texts from this length are measured, not taken to have three bytes a unit. */
const LONG = 256 * 1024

/** Gathers texts as UTF-8 in memory that is used again and again. */
export class ByteBuffer {
  #bytes = Buffer.allocUnsafe(FIRST_CAPACITY)
  #length = 0

  /** What has been added; valid until the next change. */
  get bytes(): Buffer {
    return this.#bytes.subarray(0, this.#length)
  }

  clear(): void {
    this.#length = 0
    if (this.#bytes.length > KEPT_CAPACITY) this.#bytes = Buffer.allocUnsafe(FIRST_CAPACITY)
  }

  add(text: string): void {
    this.#reserve(text.length < LONG ? text.length * 3 : Buffer.byteLength(text))
    this.#length += this.#bytes.write(text, this.#length)
  }

  #reserve(room: number): void {
    const wanted = this.#length + room
    if (wanted <= this.#bytes.length) return
    const larger = Buffer.allocUnsafe(Math.max(wanted, this.#bytes.length * 2))
    this.#bytes.copy(larger, 0, 0, this.#length)
    this.#bytes = larger
  }
}
