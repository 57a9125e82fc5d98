import { crc32 } from './crc32.ts'

const FIRST_CAPACITY = 64 * 1024
/** A buffer that one huge line has made larger than this is let go of. */
const KEPT_CAPACITY = 2 * 1024 * 1024
/** Texts up to this length are copied here: calling out costs more. */
const SHORT = 128
/** Texts from this length are measured, not taken to have three bytes a unit. */
const LONG = 256 * 1024

/** A piece of text that stands in many lines. */
export type Piece = Uint8Array

/** @example const AT = piece(',"at":') */
export function piece(ascii: string): Piece {
  return new Uint8Array(Buffer.from(ascii, 'latin1'))
}

const QUOTE = 0x22
const BACKSLASH = 0x5c
const POINT = 0x2e
const ZERO = 0x30
const CRC = piece(',"crc":')
const END = piece('}\n')

/**
 * Writes lines of JSON into one buffer that is used again and again. Strings would be joined from twenty pieces a line, which is
 * most of what a short row costs, and most of its garbage.
 */
export class LineWriter {
  #bytes = Buffer.allocUnsafe(FIRST_CAPACITY)
  #length = 0
  #lineStart = 0

  /** What has been written; valid until the next write. */
  get written(): Buffer {
    return this.#bytes.subarray(0, this.#length)
  }

  clear(): void {
    this.#length = 0
    this.#lineStart = 0
    if (this.#bytes.length > KEPT_CAPACITY) this.#bytes = Buffer.allocUnsafe(FIRST_CAPACITY)
  }

  raw(ascii: Piece): void {
    this.#reserve(ascii.length)
    const bytes = this.#bytes
    const start = this.#length
    for (let index = 0; index < ascii.length; index++) bytes[start + index] = ascii[index] ?? 0
    this.#length = start + ascii.length
  }

  /** Text that is JSON already. */
  json(text: string): void {
    this.#reserve(text.length < LONG ? text.length * 3 : Buffer.byteLength(text))
    const bytes = this.#bytes
    const start = this.#length
    let index = 0
    for (; index < text.length && text.length <= SHORT; index++) {
      const unit = text.charCodeAt(index)
      if (unit > 0x7e) break
      bytes[start + index] = unit
    }
    this.#length = start + (index === text.length ? index : bytes.write(text, start))
  }

  /** Text as a JSON string. */
  string(text: string): void {
    this.#reserve(text.length + 2)
    const bytes = this.#bytes
    const start = this.#length
    bytes[start] = QUOTE
    for (let index = 0; index < text.length; index++) {
      const unit = text.charCodeAt(index)
      if (unit < 0x20 || unit > 0x7e || unit === QUOTE || unit === BACKSLASH) return this.json(JSON.stringify(text))
      bytes[start + 1 + index] = unit
    }
    bytes[start + text.length + 1] = QUOTE
    this.#length = start + text.length + 2
  }

  /** A whole number from 0 to 2⁵³ − 1. */
  integer(value: number): void {
    this.#reserve(16)
    let end = this.#length + 1
    for (let rest = value; rest >= 10; rest = Math.floor(rest / 10)) end++
    this.#length = end
    const bytes = this.#bytes
    let rest = value
    do {
      const quotient = Math.floor(rest / 10)
      bytes[--end] = ZERO + (rest - quotient * 10)
      rest = quotient
    } while (rest > 0)
  }

  /**
   * Milliseconds with three decimals, 0 as `0`. Number formatting of the language finds the shortest digits for a double, which
   * costs more than the rest of the line.
   */
  milliseconds(value: number): void {
    const microseconds = Math.round(value * 1000)
    if (microseconds === 0) return this.integer(0)
    if (microseconds < 0 || microseconds > Number.MAX_SAFE_INTEGER) return this.json(String(microseconds / 1000))
    const whole = Math.floor(microseconds / 1000)
    this.integer(whole)
    const rest = microseconds - whole * 1000
    const hundreds = Math.floor(rest / 100)
    const tens = Math.floor(rest / 10) - hundreds * 10
    this.#reserve(4)
    const bytes = this.#bytes
    const start = this.#length
    bytes[start] = POINT
    bytes[start + 1] = ZERO + hundreds
    bytes[start + 2] = ZERO + tens
    bytes[start + 3] = ZERO + rest - hundreds * 100 - tens * 10
    this.#length = start + 4
  }

  /** Closes the object with its checksum as its last member: the CRC-32 of the line's bytes before it. */
  endLine(): void {
    const sum = crc32(this.#bytes, this.#lineStart, this.#length)
    this.raw(CRC)
    this.integer(sum)
    this.raw(END)
    this.#lineStart = this.#length
  }

  #reserve(room: number): void {
    const wanted = this.#length + room
    if (wanted <= this.#bytes.length) return
    const larger = Buffer.allocUnsafe(Math.max(wanted, this.#bytes.length * 2))
    this.#bytes.copy(larger, 0, 0, this.#length)
    this.#bytes = larger
  }
}
