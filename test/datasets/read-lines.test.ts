import { describe, expect, it } from 'vitest'
import { type ByteReader, readLines } from '../../src/datasets/read-lines.ts'

const KILOBYTE = 1024

/** A file with this content. */
function bytesOf(text: string): ByteReader {
  const content = Buffer.from(text)
  let position = 0
  return {
    async read(buffer, offset, length) {
      const bytesRead = content.copy(buffer, offset, position, position + length)
      position += bytesRead
      return { bytesRead }
    },
  }
}

async function readAll(content: string, maxLineBytes: number): Promise<unknown[]> {
  const lines: unknown[] = []
  const signal = new AbortController().signal
  for await (const batch of readLines(bytesOf(content), { signal, maxLineBytes })) lines.push(...batch.lines)
  return lines
}

describe('readLines', () => {
  it.each([
    ['before other lines', '\nlast', ['last']],
    ['at the end of the file', '', []],
  ])('D5 reports a line that is longer than a string may be, %s', async (_name, after, others) => {
    const limit = 600 * KILOBYTE
    const lines = await readAll(`first\n${'é'.repeat(limit)}${after}`, limit)
    expect(lines[0]).toBe('first')
    expect(lines[1]).toMatchObject({ message: `expected a line of at most ${limit} bytes, got ${2 * limit}` })
    expect(lines.slice(2)).toEqual(others)
  })

  it('takes a line that is just as long as it may be', async () => {
    const limit = 600 * KILOBYTE
    const line = 'a'.repeat(limit)
    expect(await readAll(`${line}\n${line}`, limit)).toEqual([line, line])
  })
})
