import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ByteBuffer } from '../../../src/backends/local/byte-buffer.ts'

describe('a byte buffer', () => {
  it('gathers any texts as UTF-8', () => {
    const property = fc.property(fc.array(fc.string({ unit: 'binary' })), (texts) => {
      const buffer = new ByteBuffer()
      for (const text of texts) buffer.add(text)
      expect(buffer.bytes.equals(Buffer.from(texts.join('')))).toBe(true)
    })
    fc.assert(property, { numRuns: 200 })
  })

  it('takes texts of many megabytes, and can be used again', () => {
    const buffer = new ByteBuffer()
    const long = '\u20ac'.repeat(1_000_000)
    buffer.add('before ')
    buffer.add(long)
    expect(buffer.bytes.toString() === `before ${long}`).toBe(true)
    buffer.clear()
    buffer.add('after')
    expect(buffer.bytes.toString()).toBe('after')
  })
})
