import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readBlocks } from '../../../src/backends/local/read-blocks.ts'
import { tempFolder } from '../../helpers/temp-folder.ts'

const BLOCK = 256 * 1024

interface Read {
  readonly text: string
  readonly isTerminated: boolean
}

/** Copies: a block is valid until the next one only. */
async function readAll(path: string): Promise<Read[]> {
  const read: Read[] = []
  for await (const { bytes, isTerminated } of readBlocks(path))
    read.push({ text: bytes.toString('latin1'), isTerminated })
  return read
}

describe('the blocks of a log', () => {
  it('are whole lines, whatever their lengths, and the beginning of one that is torn', async () => {
    const path = join(await tempFolder(), 'log')
    const length = fc.oneof(fc.nat(300), fc.constantFrom(BLOCK - 1, BLOCK, BLOCK + 1, 3 * BLOCK))
    await fc.assert(
      fc.asyncProperty(fc.array(length, { maxLength: 6 }), fc.nat(3), async (lengths, torn) => {
        const lines = lengths.map((count, index) => `${String.fromCharCode(97 + index).repeat(count)}\n`).join('')
        const rest = '~'.repeat(torn)
        await writeFile(path, lines + rest)

        const read = await readAll(path)
        expect(read.map(({ text }) => text).join('') === lines + rest).toBe(true)
        expect(read.map(({ text }) => text.endsWith('\n'))).toEqual(read.map(({ isTerminated }) => isTerminated))
        expect(read.filter(({ isTerminated }) => !isTerminated).map(({ text }) => text)).toEqual(
          torn === 0 ? [] : [rest],
        )
      }),
      { numRuns: 60 },
    )
  })

  it('are read with a name where the file is none', async () => {
    const path = join(await tempFolder(), 'log')
    await expect(readAll(path)).rejects.toMatchObject({ code: 'E_STORE_READ', message: expect.stringContaining(path) })
  })
})
