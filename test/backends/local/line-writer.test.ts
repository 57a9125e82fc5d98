import { crc32 as zlibCrc32 } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { crc32 } from '../../../src/backends/local/crc32.ts'
import { LineWriter, piece } from '../../../src/backends/local/line-writer.ts'

function written(write: (line: LineWriter) => void): string {
  const line = new LineWriter()
  write(line)
  return line.written.toString()
}

describe('a line writer', () => {
  it('writes any text as JSON.stringify would', () => {
    const property = fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (text) => {
      expect(written((line) => line.string(text))).toBe(JSON.stringify(text))
    })
    fc.assert(property, { numRuns: 500 })
  })

  it('leaves JSON text as it is, however long', () => {
    const property = fc.property(fc.string({ unit: 'grapheme' }), fc.integer({ min: 1, max: 400 }), (text, times) => {
      const json = JSON.stringify(text.repeat(times))
      expect(written((line) => line.json(json))).toBe(json)
    })
    fc.assert(property, { numRuns: 200 })
    const long = JSON.stringify('\u20ac'.repeat(1_000_000))
    expect(written((line) => line.json(long)) === long).toBe(true)
  })

  it('writes any whole number', () => {
    const property = fc.property(fc.maxSafeNat(), (value) => {
      expect(written((line) => line.integer(value))).toBe(String(value))
    })
    fc.assert(property, { numRuns: 500 })
    for (const value of [0, 9, 10, 99, 100, 2 ** 31, 2 ** 32, Number.MAX_SAFE_INTEGER]) {
      expect(written((line) => line.integer(value))).toBe(String(value))
    }
  })

  it('writes milliseconds to the microsecond', () => {
    const property = fc.property(fc.integer({ min: -1_000_000, max: 2 ** 51 }), (microseconds) => {
      const milliseconds = microseconds / 1000
      expect(Number(written((line) => line.milliseconds(milliseconds)))).toBe(milliseconds)
    })
    fc.assert(property, { numRuns: 500 })
    expect(written((line) => line.milliseconds(0))).toBe('0')
    expect(written((line) => line.milliseconds(1_763_800_000_000.007))).toBe('1763800000000.007')
  })

  it('ends each line with the checksum of its own bytes', () => {
    const text = written((line) => {
      for (const value of ['a', 'b\u00e9']) {
        line.raw(piece('{"x":'))
        line.string(value)
        line.endLine()
      }
    })
    const lines = text.trimEnd().split('\n')
    expect(lines).toHaveLength(2)
    for (const line of lines)
      expect(line).toMatch(new RegExp(`,"crc":${zlibCrc32(line.slice(0, line.lastIndexOf(',')))}}$`))
  })

  it('can be used again, also after a line of many megabytes', () => {
    const line = new LineWriter()
    line.json('x'.repeat(5_000_000))
    expect(line.written).toHaveLength(5_000_000)
    line.clear()
    line.json('1')
    line.endLine()
    expect(line.written.toString()).toBe(`1,"crc":${zlibCrc32('1')}}\n`)
  })
})

it('CRC-32 is that of zlib, from any byte to any other', () => {
  const property = fc.property(fc.uint8Array({ maxLength: 200 }), fc.nat(200), fc.nat(200), (bytes, one, other) => {
    const [start, end] = [one % (bytes.length + 1), other % (bytes.length + 1)].sort((a, b) => a - b)
    expect(crc32(bytes, start ?? 0, end ?? 0)).toBe(zlibCrc32(bytes.subarray(start, end)))
  })
  fc.assert(property, { numRuns: 500 })
  expect(crc32(Buffer.from('123456789'), 0, 9)).toBe(0xcbf43926)
})
