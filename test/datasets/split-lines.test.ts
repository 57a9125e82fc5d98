import { describe, expect, it } from 'vitest'
import { splitLines } from '../../src/datasets/split-lines.ts'

/** A text in blocks of this length. */
async function* blocksOf(text: string, length: number) {
  for (let start = 0; start < text.length; start += length) {
    yield { text: text.slice(start, start + length), faults: [] }
  }
}

async function readAll(text: string, { length = 7, maxLength }: { length?: number; maxLength?: number } = {}) {
  const lines: unknown[] = []
  for await (const batch of splitLines(blocksOf(text, length), maxLength)) {
    expect(batch.firstLine).toBe(lines.length + 1)
    lines.push(...batch.lines)
  }
  return lines
}

describe('splitLines', () => {
  it('finds the lines whatever the blocks', async () => {
    const text = 'one\n\ntwo and three\r\nfour'
    for (let length = 1; length <= text.length; length++) {
      expect(await readAll(text, { length })).toEqual(['one', '', 'two and three\r', 'four'])
      expect(await readAll(`${text}\n`, { length })).toEqual(['one', '', 'two and three\r', 'four'])
    }
  })

  it.each([
    ['before other lines', '\nlast', ['last']],
    ['at the end of the file', '', []],
  ])('D5 reports a line that is longer than a string may be, %s', async (_name, after, others) => {
    const lines = await readAll(`first\n${'é'.repeat(200)}${after}`, { maxLength: 100 })
    expect(lines[0]).toBe('first')
    expect(lines[1]).toMatchObject({ message: 'expected a line of at most 100 characters, got 200' })
    expect(lines.slice(2)).toEqual(others)
  })

  it('takes a line that is just as long as it may be', async () => {
    const line = 'a'.repeat(100)
    for (const length of [7, 1_000]) {
      expect(await readAll(`${line}\n${line}`, { length, maxLength: 100 })).toEqual([line, line])
    }
  })
})
