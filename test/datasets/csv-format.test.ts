import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { csv } from '../../src/datasets/csv.ts'
import { placeCells } from '../../src/datasets/csv-cells.ts'
import { createCsvFormat } from '../../src/datasets/csv-format.ts'
import { datasetSourceContract } from '../contracts/dataset-source.ts'
import { tempFile } from './temp-folder.ts'

const names = ['id', 'input', 'expectedOutput', 'metadata', 'tags'] as const
const parsed = z.string().transform((text): unknown => JSON.parse(text))
const options = {
  columns: { metadata: ['metadata'] },
  input: parsed,
  expectedOutput: parsed.optional(),
  metadata: z.object({ metadata: parsed.optional() }).transform(({ metadata }) => metadata),
} as const

/** Items as a table whose cells are JSON; what is no object becomes a row that is none. */
function toTable(items: readonly unknown[]): string {
  const rows = items.map((item) => {
    if (typeof item !== 'object' || item === null) return String(item)
    const record = 'input' in item ? item : { metadata: item }
    return names.map((name) => quoted(cellOf(name, Reflect.get(record, name)))).join()
  })
  return [names.join(), ...rows, ''].join('\n')
}

function cellOf(name: (typeof names)[number], value: unknown): string {
  if (value === undefined) return ''
  if (name === 'id') return String(value)
  return name === 'tags' ? Object.values(Object(value)).join() : JSON.stringify(value)
}

function quoted(cell: string): string {
  return `"${cell.replaceAll('"', '""')}"`
}

datasetSourceContract('csv', async (items) => csv(await tempFile('data.csv', toTable(items)), options))
datasetSourceContract('csv.gz', async (items) => csv(await tempFile('data.csv.gz', gzipSync(toTable(items))), options))

describe('csv', () => {
  const cell = fc.string({ unit: fc.constantFrom('a', ' ', ',', '"', '\n', '\r', '\r\n', 'é', '👩‍👩‍👧'), maxLength: 6 })
  const tables = fc.record({
    rows: fc.array(fc.tuple(fc.string({ unit: fc.constantFrom('x', 'é'), minLength: 1 }), cell, cell), {
      maxLength: 8,
    }),
    lineEnd: fc.constantFrom('\n', '\r\n', '\r'),
    blank: fc.integer({ min: 0, max: 2 }),
    isFinal: fc.boolean(),
    length: fc.integer({ min: 1, max: 30 }),
  })

  it('reads what was written, in blocks of any length, and knows where everything stands', async () => {
    await fc.assert(
      fc.asyncProperty(tables, async ({ rows, lineEnd, blank, isFinal, length }) => {
        const lines = ['input,expectedOutput,m', ...rows.map(toRow)]
        const text = lines.join(lineEnd.repeat(blank + 1)) + (isFinal ? lineEnd : '')
        const format = createCsvFormat({ file: 'x.csv', dialect, columns: {}, header: undefined })
        const values: unknown[] = []
        let before = lines[0] ?? ''
        for await (const entries of format.parse(blocksOf(text, length))) {
          for (const entry of entries) {
            if (entry.status === 'unreadable') throw new Error(entry.message)
            before += lineEnd.repeat(blank + 1)
            expect(entry.line).toBe(before.split(/\r\n|\r|\n/).length)
            before += toRow(rows[values.length] ?? ['', '', ''])
            expect(before + (before === text ? '' : lineEnd)).toBe(text.slice(0, before.length + lineEnd.length))
            expect(before.endsWith(entry.text.slice(0, -lineEnd.length)) || before.endsWith(entry.text)).toBe(true)
            expect(placeCells(entry.text, dialect).starts).toHaveLength(3)
            values.push(entry.value)
          }
        }
        expect(values).toEqual(rows.map(toRecord))
      }),
    )
  })
})

const dialect = { delimiter: ',', quote: '"' }

function toRow(cells: readonly string[]): string {
  return cells.map((text) => (/[",\r\n]/.test(text) ? quoted(text) : text)).join()
}

function toRecord([input, expectedOutput, m]: readonly [string, string, string]) {
  return { input, ...(expectedOutput === '' ? {} : { expectedOutput }), metadata: m === '' ? {} : { m } }
}

/** Blocks of so many characters. */
async function* blocksOf(text: string, length: number) {
  const characters = Array.from(text)
  for (let start = 0; start < characters.length; start += length) {
    yield { text: characters.slice(start, start + length).join(''), faults: [] }
  }
}
