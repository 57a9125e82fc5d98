/** Four bytes at a time ("slicing by 4"): `tables[n][byte]` is what a byte comes to with n more bytes behind it. */
const tables = createTables()
const [last = new Int32Array(), second = last, third = last, fourth = last] = tables

/**
 * CRC-32 (the one of zlib and PNG) of `bytes` from `start` to `end`. Written out, because `zlib.crc32` wants a view of its own,
 * which costs more to make than the sum of one line.
 */
export function crc32(bytes: Uint8Array, start: number, end: number): number {
  let crc = -1
  let at = start
  for (const lastWord = end - 4; at <= lastWord; at += 4) {
    crc ^= (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8) | ((bytes[at + 2] ?? 0) << 16) | ((bytes[at + 3] ?? 0) << 24)
    crc =
      (fourth[crc & 0xff] ?? 0) ^
      (third[(crc >>> 8) & 0xff] ?? 0) ^
      (second[(crc >>> 16) & 0xff] ?? 0) ^
      (last[crc >>> 24] ?? 0)
  }
  for (; at < end; at++) crc = (last[(crc ^ (bytes[at] ?? 0)) & 0xff] ?? 0) ^ (crc >>> 8)
  return (crc ^ -1) >>> 0
}

function createTables(): Int32Array[] {
  const first = Int32Array.from({ length: 256 }, (_, byte) => shift(byte, 8))
  const all = [first]
  while (all.length < 4) all.push(Int32Array.from(all.at(-1) ?? first, (crc) => shift(crc & 0xff, 8) ^ (crc >>> 8)))
  return all
}

function shift(value: number, bits: number): number {
  let crc = value
  for (let bit = 0; bit < bits; bit++) crc = (crc & 1) === 1 ? 0xedb88320 ^ (crc >>> 1) : crc >>> 1
  return crc
}
