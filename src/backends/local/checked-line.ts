import { crc32 } from 'node:zlib'

/**
 * A line of a log: the beginning of a JSON object, closed with a checksum as its last member, the CRC-32 of the line's bytes
 * before it.
 */
export function checkedLine(text: string): string {
  return `${text},"crc":${crc32(text)}}\n`
}
