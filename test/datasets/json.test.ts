import fc from 'fast-check'
import * as v from 'valibot'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { type JsonOptions, json } from '../../src/datasets/json.ts'
import { jsonFormat } from '../../src/datasets/json-format.ts'
import { openDataset } from '../../src/datasets/open-dataset.ts'
import type { SourceItem } from '../../src/model/dataset.ts'
import { datasetSourceContract } from '../contracts/dataset-source.ts'
import { failureOf, openOptions, problemsOf, readDataset, readItems } from './read-all.ts'
import { tempFile } from './temp-folder.ts'

datasetSourceContract('json', async (items) =>
  json(await tempFile('records.json', JSON.stringify(items, undefined, 2))),
)
datasetSourceContract('json within a document', async (items) => {
  const document = JSON.stringify({ version: 1, data: { total: items.length, items }, more: [{ items: [] }] })
  return json(await tempFile('records.json', document), { at: 'data.items' })
})

async function readContent(content: string | Uint8Array, options: JsonOptions = {}): Promise<SourceItem[]> {
  return readItems(openDataset(json(await tempFile('records.json', content), options)).source)
}

async function readInputs(content: string | Uint8Array, options: JsonOptions = {}): Promise<unknown[]> {
  return (await readContent(content, options)).map((item) => item.status === 'record' && item.record.input)
}

/** Message without the file, and hint. */
async function refusal(content: string | Uint8Array, options: JsonOptions = {}): Promise<string[]> {
  const { code, message, hint } = await failureOf(readContent(content, options))
  expect(code).toBe('E_DATASET_FILE')
  return [message.replace(/^.*records\.json:/, ''), ...(hint === undefined ? [] : [hint])]
}

describe('json', () => {
  it.each([
    ['an array on one line', '[{"input":1},{"input":2}]'],
    ['an array over several lines', '[\n  {\n    "input": 1\n  },\n  {\n    "input": 2\n  }\n]\n'],
    ['CRLF', '[\r\n{"input":1},\r\n{"input":2}\r\n]\r\n'],
    ['a byte order mark', '\ufeff[{"input":1},{"input":2}]'],
  ])('D2 reads %s', async (_name, content) => {
    expect(await readInputs(content)).toEqual([1, 2])
  })

  it.each([['data.items'], [['data', 'items']]])('finds the array at %j', async (at) => {
    const content = '{"items":[{"input":0}],"data":{"x":"]}","items":[{"input":1},{"input":2}],"y":[[{}]]},"z":null}'
    expect(await readInputs(content, { at })).toEqual([1, 2])
  })

  it('finds keys with dots in them, and items of arrays', async () => {
    const content = '{"a.b":[{"c":[]},{"c":[{"input":1}]}]}'
    expect(await readInputs(content, { at: ['a.b', 1, 'c'] })).toEqual([1])
    expect(await readInputs('[[],[{"input":1}]]', { at: '1' })).toEqual([1])
  })

  it('D9 finds no records in an empty array', async () => {
    expect(await readContent(' [ ] \n')).toEqual([])
  })

  it.each([
    ['', '1:1: expected an array of records, got the end of the file'],
    ['"a"', '1:1: expected an array of records, got "\\""'],
    ['[{"input":1}', '1:13: expected "," or "]", got the end of the file'],
    ['[{"input":1},]', '1:14: expected another value after the comma, got "]"'],
    ['[{"input":1} {"input":2}]', '1:14: expected "," or "]", got "{"'],
    ['[,]', '1:2: expected a value, got ","'],
    ['[{"input":1}]x', '1:14: expected nothing after the document, got "x"'],
    [
      '[\n  {"input": 1},\n  {"input": 2,}\n]',
      '3:15: not JSON: expected a key in double quotes, got "}" after a comma',
    ],
    [
      '[{"input":1},\n{"input":"a\n},{"input":2}]',
      '2:12: not JSON: expected a control character to be escaped, got U+000A',
    ],
    ['[{"input":1},\n{"input":', '2:10: not JSON: expected a value, got the end of the file'],
    ['[{"input":1},\n{"input":"', '2:11: not JSON: expected the end of a string, got the end of the file'],
    ['[{"input":1},\nnone]', '2:1: not JSON: expected a value, got "none"'],
  ])('D2 says where %j stops being what it should be', async (content, message) => {
    expect(await refusal(content)).toEqual([message])
  })

  it('D2 shows the place', async () => {
    const { codeFrame, location } = await failureOf(readContent('[\n  {"input": 1},\n  {"input": 2,}\n]'))
    expect(location).toMatchObject({ line: 3, column: 15 })
    expect(codeFrame).toBe(['> 3 | {"input": 2,}', '    |             ^'].join('\n'))
  })

  it('D2 refuses a document in which a byte is no UTF-8', async () => {
    const content = Buffer.concat([
      Buffer.from('[{"input":1},\n{"input":"caf'),
      Buffer.from([0xe9]),
      Buffer.from('"}]'),
    ])
    expect(await refusal(content)).toEqual(['2:14: expected UTF-8, got the byte 0xe9'])
  })

  it('gives the records that come before the place where the document breaks off', async () => {
    const file = await tempFile('records.json', '[{"input":1},{"input":2},{"input":')
    const given: unknown[] = []
    const reading = async () => {
      for await (const batch of openDataset(json(file)).source.read(openOptions())) given.push(...batch)
    }
    expect((await failureOf(reading())).code).toBe('E_DATASET_FILE')
    expect(given).toHaveLength(2)
  })

  it.each<[string, JsonOptions, string[]]>([
    [
      '{"data":{"itmes":[]}}',
      { at: 'data.items' },
      ['1:21: expected a key "items" in "data", got the keys "itmes"; did you mean "itmes"?'],
    ],
    ['{}', { at: 'data' }, ['1:3: expected a key "data" in the document, got an object without keys']],
    ['{"a":[]}', { at: ['a', 2] }, ['1:8: expected an item 2 in "a", got an array of 0']],
    ['{"a":1}', { at: 'a.b' }, ['1:6: expected an object or an array at "a", to find a key "b" in, got "1"']],
    ['{"a":"text"}', { at: 'a' }, ['1:6: expected an array of records, got "\\""']],
    [
      '{"version":1,"items":[]}',
      {},
      [
        '1:1: expected an array of records, got an object with the keys "version", "items"',
        'at: "items" reads the array there',
      ],
    ],
    [
      '{"input":1}\n{"input":2}\n',
      {},
      [
        '1:1: expected an array of records, got an object with the keys "input"',
        'a record a line is JSON Lines, which jsonl() reads',
      ],
    ],
  ])('says what %s has when it is not at %j', async (content, options, expected) => {
    expect(await refusal(content, options)).toEqual(expected)
  })

  it('names line and column of what is no record, and reads the others', async () => {
    const content = '[\n  { "input": 1 },\n  { "expected": 2 },\n  "three",\n  {\n    "input": 4,\n    "id": 7\n  }\n]'
    const items = await readContent(content)
    expect(items.map(({ status }) => status)).toEqual(['record', 'invalid', 'invalid', 'invalid'])
    expect(problemsOf(items)).toMatchObject([
      { line: 3, column: 17, message: expect.stringContaining('did you mean "expectedOutput"?') },
      { line: 4, column: 3, message: expect.stringContaining('got "three"') },
      { line: 7, column: 11, message: 'id: expected a string, got the number 7' },
    ])
    expect(problemsOf(items)[2]?.codeFrame).toBe(['> 7 |     "id": 7', '    |           ^'].join('\n'))
  })

  it('names line and column of what a schema refuses', async () => {
    const content = '[{"input":{"n":1}},\n{"input":{\n"a":[0,{"n":2}],\n"n":"3"}}]'
    const [problem] = problemsOf(await readContent(content, { input: z.object({ n: z.number() }) }))
    expect(problem).toMatchObject({ line: 4, column: 5, message: expect.stringMatching(/^input\.n: .*number/) })
    const [missing] = problemsOf(await readContent(content, { input: v.object({ n: v.unknown(), b: v.string() }) }))
    expect(missing).toMatchObject({ line: 1, column: 11, message: expect.stringMatching(/^input\.b: /) })
  })

  it('D6 refuses what is nested too deep', async () => {
    const nested = (depth: number) => `{"input":${'['.repeat(depth)}${']'.repeat(depth)}}`
    const items = await readContent(`[${nested(500)},${nested(501)},${nested(20_000)}]`)
    expect(items.map(({ status }) => status)).toEqual(['record', 'invalid', 'invalid'])
  })

  it('D8 names file and line of a second record with the same id', async () => {
    const file = await tempFile('records.json', '[{"id":"a","input":1},\n{"id":"a","input":2}]')
    expect(await failureOf(readDataset(json(file)))).toMatchObject({
      code: 'E_DATASET_DUPLICATE_ID',
      location: { file, line: 2 },
    })
  })

  it.each([
    [{ at: '' }, /at: expected a path such as/],
    [{ at: ['a', -1] }, /at: expected a path such as/],
    [{ att: 'a' }, /expected no other options than .*, got "att"; did you mean "at"\?$/],
  ])('is refused with an option that cannot be right: %j', (options, message) => {
    expect(() => Reflect.apply(json, undefined, ['x.json', options])).toThrow(
      expect.objectContaining({ code: 'E_DEFINITION', message: expect.stringMatching(message) }),
    )
  })

  it('reads what JSON.parse reads, in blocks of any length, and knows where everything stands', async () => {
    const documents = fc.record({
      items: fc.array(fc.jsonValue({ maxDepth: 3 }), { maxLength: 6 }),
      around: fc.jsonValue({ maxDepth: 2 }),
      indent: fc.constantFrom(undefined, 1, '\t', 4),
      length: fc.integer({ min: 1, max: 40 }),
    })
    await fc.assert(
      fc.asyncProperty(documents, async ({ items, around, indent, length }) => {
        const text = `${JSON.stringify({ around, data: [around, { items }], after: around }, undefined, indent)}\n`
        const lines = text.split('\n')
        const found: unknown[] = []
        for await (const entries of jsonFormat('x.json', ['data', 1, 'items']).parse(blocksOf(text, length))) {
          for (const entry of entries) {
            if (entry.status === 'unreadable') throw new Error(entry.message)
            found.push(entry.value)
            const here = [lines[entry.line - 1]?.slice(entry.column - 1), ...lines.slice(entry.line)].join('\n')
            expect(here.startsWith(entry.text)).toBe(true)
          }
        }
        expect(found).toEqual(JSON.parse(JSON.stringify(items)))
      }),
    )
  })
})

async function* blocksOf(text: string, length: number) {
  for (let start = 0; start < text.length; start += length) {
    yield { text: text.slice(start, start + length), faults: [] }
  }
}
