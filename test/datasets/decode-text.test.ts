import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeText, type TextFault } from '../../src/datasets/decode-text.ts'

/** What comes of bytes that are read in chunks of this size. */
async function decodeAll(bytes: Buffer, size: number): Promise<{ text: string; faults: TextFault[] }> {
  async function* chunks() {
    for (let start = 0; start < bytes.length; start += size) yield bytes.subarray(start, start + size)
  }
  let text = ''
  const faults: TextFault[] = []
  for await (const block of decodeText(chunks())) {
    for (const fault of block.faults) faults.push({ ...fault, offset: fault.offset + text.length })
    text += block.text
  }
  return { text, faults }
}

describe('decodeText', () => {
  it('gives UTF-8 as it is, whatever the chunks', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.string({ unit: 'grapheme', maxLength: 40 }),
        fc.integer({ min: 1, max: 9 }),
        async (text, size) => {
          fc.pre(!text.startsWith('\ufeff'))
          expect(await decodeAll(Buffer.from(text), size)).toEqual({ text, faults: [] })
        },
      ),
    )
  })

  it.each([1, 2, 3, 100])('leaves out the byte order mark at the start alone, in chunks of %i', async (size) => {
    expect(await decodeAll(Buffer.from('\ufeffa\ufeff'), size)).toEqual({ text: 'a\ufeff', faults: [] })
  })

  it.each([
    ['a byte of another encoding', [0x61, 0xe9, 0x62], 'a\ufffdb', [{ offset: 1, byte: 0xe9 }]],
    ['a continuation without a beginning', [0x80, 0x61], '\ufffda', [{ offset: 0, byte: 0x80 }]],
    ['a character that is cut off at the end', [0x61, 0xc3], 'a\ufffd', [{ offset: 1, byte: 0xc3 }]],
    [
      'an overlong form',
      [0xc0, 0x80],
      '\ufffd\ufffd',
      [
        { offset: 0, byte: 0xc0 },
        { offset: 1, byte: 0x80 },
      ],
    ],
    ['after other characters', [0xc3, 0xa9, 0xff], 'é\ufffd', [{ offset: 1, byte: 0xff }]],
  ])('D2 says which byte is no UTF-8, and where: %s', async (_name, bytes, text, faults) => {
    for (const size of [1, 2, 3, 100]) expect(await decodeAll(Buffer.from(bytes), size)).toEqual({ text, faults })
  })
})
