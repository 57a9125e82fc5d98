import { type } from 'arktype'
import * as v from 'valibot'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { type CsvOptions, csv } from '../../src/datasets/csv.ts'
import { openDataset } from '../../src/datasets/open-dataset.ts'
import type { SourceItem } from '../../src/model/dataset.ts'
import { failureOf, problemsOf, readDataset, readItems } from './read-all.ts'
import { tempFile } from './temp-folder.ts'

async function readContent(content: string | Uint8Array, options: CsvOptions = {}, name = 'data.csv') {
  return readItems(openDataset(csv(await tempFile(name, content), options)).source)
}

function recordsOf(items: readonly SourceItem[]): unknown[] {
  return items.map((item) => (item.status === 'record' ? item.record : item.problem.message))
}

async function readAll(content: string | Uint8Array, options: CsvOptions = {}, name?: string): Promise<unknown[]> {
  return recordsOf(await readContent(content, options, name))
}

/** Message without the folder, and hint. */
async function refusal(content: string | Uint8Array, options: CsvOptions = {}): Promise<(string | undefined)[]> {
  const { code, message, hint } = await failureOf(readContent(content, options))
  expect(code).toBe('E_DATASET_FILE')
  return [message.replace(/^.*(?=data\.csv)/, ''), hint]
}

const capitals = `code,country,capital,population,continent
FR,France,Paris,2102650,Europe
JP,Japan,Tokyo,14178000,Asia
`

describe('the columns of csv', () => {
  it('are id, input, expectedOutput and tags, and metadata otherwise', async () => {
    const content = 'topic,input,id,expectedOutput,tags,level\ngeo,France?,a,Paris,lang:en,1\n'
    expect(await readAll(content)).toEqual([
      { id: 'a', input: 'France?', expectedOutput: 'Paris', metadata: { topic: 'geo', level: '1' }, tags: ['lang:en'] },
    ])
  })

  it('may spell expected_output as Python does', async () => {
    expect(await readAll('input,expected_output\n1,2\n')).toEqual([{ input: '1', expectedOutput: '2' }])
  })

  it('are those that are said, one for a value, several for an object', async () => {
    const columns = {
      input: 'country',
      expectedOutput: ['capital', 'population'],
      metadata: ['continent'],
      id: 'code',
      tags: ['continent', 'code'],
    } as const
    expect(await readAll(capitals, { columns })).toEqual([
      {
        id: 'FR',
        input: 'France',
        expectedOutput: { capital: 'Paris', population: '2102650' },
        metadata: { continent: 'Europe' },
        tags: ['continent:Europe', 'code:FR'],
      },
      {
        id: 'JP',
        input: 'Japan',
        expectedOutput: { capital: 'Tokyo', population: '14178000' },
        metadata: { continent: 'Asia' },
        tags: ['continent:Asia', 'code:JP'],
      },
    ])
  })

  it('keep their defaults where nothing is said', async () => {
    const content = 'id,question,expectedOutput,topic\n1,France?,Paris,geo\n'
    expect(await readAll(content, { columns: { input: 'question' } })).toEqual([
      { id: '1', input: 'France?', expectedOutput: 'Paris', metadata: { topic: 'geo' } },
    ])
  })

  it('can be left out with false', async () => {
    const content = 'id,input,expectedOutput,tags,topic\n1,a,b,c:d,e\n'
    const columns = { id: false, expectedOutput: false, tags: false, metadata: false } as const
    expect(await readAll(content, { columns })).toEqual([{ input: 'a' }])
    expect(await readAll(content, { columns: { ...columns, metadata: ['id'] } })).toEqual([
      { input: 'a', metadata: { id: '1' } },
    ])
  })

  it('give tags that are separated by commas or semicolons', async () => {
    expect(await readAll('input,tags\n1,"lang:en, level:2"\n2,lang:de;level:3;\n3,\n')).toEqual([
      { input: '1', tags: ['lang:en', 'level:2'] },
      { input: '2', tags: ['lang:de', 'level:3'] },
      { input: '3' },
    ])
  })

  it('have names without the spaces around them; one without a name is left out', async () => {
    expect(await readAll(',input , topic,\n0,a,geo,\n1,b,,x\n')).toEqual([
      { input: 'a', metadata: { topic: 'geo' } },
      { input: 'b', metadata: {} },
    ])
  })

  it('are named by header when the file does not', async () => {
    const options = { header: ['question', 'answer'], columns: { input: 'question', expectedOutput: 'answer' } }
    expect(await readAll('France?,Paris\nJapan?,Tokyo\n', options)).toMatchObject([
      { input: 'France?', expectedOutput: 'Paris' },
      { input: 'Japan?', expectedOutput: 'Tokyo' },
    ])
  })

  it.each<[string, CsvOptions, string, string | undefined]>([
    [
      'question,answer\n1,2\n',
      {},
      'data.csv:1:1: expected a column "input", got "question", "answer"',
      'columns: { input: "question" } says which it is; header: […] names the columns of a file without a header line',
    ],
    [
      'question,answer\n1,2\n',
      { columns: { input: 'qestion' } },
      'data.csv:1:1: expected a column "qestion" (columns.input), got "question", "answer"; did you mean "question"?',
      undefined,
    ],
    [
      'input,topic\n1,2\n',
      { columns: { metadata: ['topic', 'leval'] } },
      'data.csv:1:1: expected a column "leval" (columns.metadata), got "input", "topic"',
      undefined,
    ],
    [
      'id;input;expectedOutput\n1;2;3\n',
      {},
      'data.csv:1:1: expected a column "input", got "id;input;expectedOutput"',
      'is it separated by ";"? delimiter: ";"',
    ],
    [
      'input,answer,topic\n1,2,3\n',
      {},
      'data.csv:1:7: expected a column "expectedOutput", got "answer"',
      'columns: { expectedOutput: "answer" } if that is what it is, else columns: { expectedOutput: false }',
    ],
    [
      'input,"topic",expectedOuput\n1,2,3\n',
      {},
      'data.csv:1:15: expected a column "expectedOutput", got "expectedOuput"',
      'columns: { expectedOutput: "expectedOuput" } if that is what it is, else columns: { expectedOutput: false }',
    ],
    [
      'input,expected_output,expectedOutput\n1,2,3\n',
      {},
      'data.csv:1:7: expected one column with the expected output, got "expectedOutput", "expected_output"',
      'columns: { expectedOutput: "expectedOutput" } says which',
    ],
    [
      '1,2\n',
      { header: ['question', 'answer'], columns: { input: 'q' } },
      'data.csv: expected a column "q" (columns.input), got "question", "answer"',
      undefined,
    ],
  ])('are missed by name: %j %j', async (content, options, message, hint) => {
    expect(await refusal(content, options)).toEqual([message, hint])
  })

  it('are refused with E_DEFINITION when they are no columns', () => {
    const tries: [unknown, RegExp, RegExp?][] = [
      [{ column: {} }, /got "column"; did you mean "columns"\?$/],
      [{ columns: ['question'] }, /columns: expected an object, got an array of 1$/, /header: /],
      [{ columns: { inputs: 'a' } }, /columns: expected no other options than .*; did you mean "input"\?$/],
      [{ columns: { input: 1 } }, /columns: input: expected a column's name, or an array of them, got the number 1$/],
      [{ columns: { input: false } }, /columns: input: expected a column's name, or an array of them, got the boolean/],
      [
        { columns: { metadata: 'a' } },
        /columns: metadata: expected an array of columns' names, or false, got "a"$/,
        /^metadata: \["a"\]$/,
      ],
      [{ columns: { id: ['a'] } }, /columns: id: expected a column's name, or false, got an array of 1$/],
      [{ delimiter: '' }, /delimiter: expected one or more characters/],
      [{ delimiter: '\n' }, /delimiter: expected one or more characters/],
      [{ quote: ';', delimiter: ';' }, /quote: expected a character that is in no delimiter, or false, got ";"$/],
      [{ quote: 'ab' }, /quote: expected a character/],
      [{ header: 'a,b' }, /header: expected an array of columns' names, got "a,b"$/],
      [{ input: 'question' }, /input: expected a Standard Schema, got "question"$/, /columns: \{ input: "question" \}/],
    ]
    for (const [options, message, hint = /|/] of tries) {
      expect(() => Reflect.apply(csv, undefined, ['x.csv', options])).toThrow(
        expect.objectContaining({ code: 'E_DEFINITION', message: expect.stringMatching(message) }),
      )
      try {
        Reflect.apply(csv, undefined, ['x.csv', options])
      } catch (error) {
        expect(Reflect.get(Object(error), 'hint') ?? '').toMatch(hint)
      }
    }
  })
})

describe('the cells of csv', () => {
  it('are text; an empty one is no value', async () => {
    const content = 'id,input,expectedOutput,a,b\n,007,,,\n2," x ","","1,5",true\n'
    expect(await readAll(content)).toEqual([
      { input: '007', metadata: {} },
      { id: '2', input: ' x ', metadata: { a: '1,5', b: 'true' } },
    ])
  })

  it('may hold delimiters, quotes and line breaks, when they are quoted', async () => {
    const content = 'input,expectedOutput\n"a, ""b""\r\nc","\n"\n'
    expect(await readAll(content)).toEqual([{ input: 'a, "b"\r\nc', expectedOutput: '\n' }])
  })

  it.each([
    [
      'zod',
      {
        input: z.object({ a: z.coerce.number(), b: z.enum(['x', 'y']).optional() }),
        expectedOutput: z.coerce.number(),
      },
    ],
    [
      'valibot',
      {
        input: v.object({
          a: v.pipe(v.string(), v.decimal(), v.transform(Number)),
          b: v.optional(v.picklist(['x', 'y'])),
        }),
        expectedOutput: v.pipe(v.string(), v.decimal(), v.transform(Number)),
      },
    ],
    [
      'arktype',
      { input: type({ a: 'string.numeric.parse', 'b?': "'x' | 'y'" }), expectedOutput: type('string.numeric.parse') },
    ],
  ])('are what a schema of %s makes of them, and never 0 when they are empty', async (_library, schemas) => {
    const items = await readContent('a,b,expectedOutput\n1,x,2\n3,,4\n5,y,\n,x,6\n7,z,8\n', {
      columns: { input: ['a', 'b'] },
      ...schemas,
    })
    expect(recordsOf(items.slice(0, 2))).toEqual([
      { input: { a: 1, b: 'x' }, expectedOutput: 2 },
      { input: { a: 3 }, expectedOutput: 4 },
    ])
    expect(problemsOf(items)).toMatchObject([
      { line: 4, column: 5, message: expect.stringMatching(/^expectedOutput\b/) },
      { line: 5, column: 1, message: expect.stringMatching(/^input\.a: /) },
      { line: 6, column: 3, message: expect.stringMatching(/^input\.b: /) },
    ])
  })

  it('are shown where a schema refuses them', async () => {
    const content = `${capitals}DE,"Germany, or\nDeutschland",Berlin,many,Europe\n`
    const items = await readContent(content, {
      columns: { input: 'country', expectedOutput: ['capital', 'population'], id: 'code' },
      expectedOutput: z.object({ capital: z.string(), population: z.coerce.number() }),
    })
    expect(problemsOf(items)).toMatchObject([
      {
        line: 5,
        column: 21,
        message: 'expectedOutput.population: Invalid input: expected number, received NaN',
        codeFrame: ['> 5 | Deutschland",Berlin,many,Europe', '    |                     ^'].join('\n'),
      },
    ])
  })

  it('are separated by what is said, by tabs in .tsv, and enclosed by what is said', async () => {
    const expected = [{ input: 'a', expectedOutput: 'b' }]
    expect(await readAll('input;expectedOutput\na;b\n', { delimiter: ';' })).toEqual(expected)
    expect(await readAll('input||expectedOutput\na||b\n', { delimiter: '||' })).toEqual(expected)
    expect(await readAll('input\texpectedOutput\na\tb\n', {}, 'data.tsv')).toEqual(expected)
    expect(await readAll("input,expectedOutput\n'a','b'\n", { quote: "'" })).toEqual(expected)
    expect(await readAll('input,expectedOutput\n5" pipe,"b\n', { quote: false })).toEqual([
      { input: '5" pipe', expectedOutput: '"b' },
    ])
  })
})

describe('a malformed table', () => {
  const rows = Array.from({ length: 99 }, (_, index) => `${index},question ${index},answer ${index}`)
  const table = (...changes: readonly [line: number, row: string][]) => {
    const lines = ['id,input,expectedOutput', ...rows]
    for (const [line, row] of changes) lines[line - 1] = row
    return `${lines.join('\n')}\n`
  }

  it.each([
    ['too few cells', '55,question 55', 15, 'expected 3 cells, as the header has, got 2'],
    ['too many cells', '55,"question, 55",Paris, France', 25, 'expected 3 cells, as the header has, got 4'],
    ['an empty input', '55,,answer', 4, 'input: expected a value, got an empty cell'],
    ['a NUL', '55,ques\0tion,answer', 8, 'expected text, got U+0000'],
    [
      'an id that is too long',
      `${'x'.repeat(4097)},question,answer`,
      1,
      'id: expected at most 4096 characters, got 4097',
    ],
  ])(
    'D1 has its bad row named with file, line and column, and the other 98 read: %s',
    async (_what, row, column, message) => {
      const items = await readContent(table([57, row]))
      expect(items).toHaveLength(99)
      expect(problemsOf(items)).toMatchObject([{ line: 57, column, message }])
      expect(problemsOf(items)[0]?.codeFrame).toMatch(/^> 57 \| /)
    },
  )

  it('D1 has a bad tag named in its cell', async () => {
    const items = await readContent('input,tags\na,"lang:en,hard"\n')
    expect(problemsOf(items)).toMatchObject([
      { line: 2, column: 3, message: 'tags[1]: expected a "key:value" string, got "hard"' },
    ])
  })

  it('D1 has a byte that is no UTF-8 named, and the other rows read', async () => {
    const content = Buffer.from(table([57, '55,caf\u00e9,answer']), 'latin1')
    const items = await readContent(content)
    expect(items).toHaveLength(99)
    expect(problemsOf(items)).toMatchObject([{ line: 57, column: 7, message: 'expected UTF-8, got the byte 0xe9' }])
  })

  it.each<[string, readonly [number, string][], string, string]>([
    [
      'that nothing closes',
      [[57, '55,"question 55,answer']],
      '57:4: expected a closing quote for the cell that begins here, got none',
      'a quote inside a quoted cell is doubled: ""',
    ],
    [
      'that the next quote closes',
      [
        [57, '55,"question 55,answer'],
        [60, '58,"question 58",answer'],
      ],
      '57:4: expected a closing quote for the cell that begins here, got one on line 60 with "q" behind it',
      'a quote inside a quoted cell is doubled: ""',
    ],
    [
      'that is not doubled',
      [[57, '55,"the "best" question",answer']],
      '57:10: expected "," or the end of the line after a closing quote, got "b"',
      'a quote inside a quoted cell is doubled: ""',
    ],
    [
      'inside a cell',
      [[57, '55,5" pipe,answer']],
      '57:5: expected quotes only around whole cells, got one inside',
      'enclose the whole cell in quotes; a quote inside a quoted cell is doubled: ""; or say quote: false',
    ],
    [
      'after a space',
      [[57, '55, "question, 55",answer']],
      '57:5: expected quotes only around whole cells, got one inside',
      'remove the space before it',
    ],
  ])('D1 cannot be read on from a quote %s, and it says from where', async (_what, changes, message, hint) => {
    const file = await tempFile('data.csv', table(...changes))
    const given: unknown[] = []
    const reading = async () => {
      const { source } = openDataset(csv(file))
      for await (const batch of source.read({ baseFolder: '.', signal: new AbortController().signal }))
        given.push(...batch)
    }
    const failure = await failureOf(reading())
    expect(failure).toMatchObject({ code: 'E_DATASET_FILE', message: `${file}:${message}`, hint })
    expect(failure.codeFrame).toMatch(/^> 57 \| 55,/)
    expect(given).toHaveLength(55)
  })

  it.each([
    ['a byte order mark', `\ufeff${table()}`],
    ['CRLF', table().replaceAll('\n', '\r\n')],
    ['CR', table().replaceAll('\n', '\r')],
    ['no final newline', table().trimEnd()],
    ['blank lines', table().replaceAll('\n', '\n\n')],
    ['lines of empty cells', table().replaceAll('\n', '\n,,\n,,,,\n')],
  ])('D1 is none for %s', async (_what, content) => {
    const items = await readContent(content)
    expect(problemsOf(items)).toEqual([])
    expect(recordsOf(items).at(-1)).toEqual({ id: '98', input: 'question 98', expectedOutput: 'answer 98' })
    expect(items).toHaveLength(99)
  })

  it('D1 is none for line ends of all kinds, and lines are counted as an editor does', async () => {
    const content = 'input,expectedOutput\r\n1,a\r2,b\n"3\r\n4\r5\n6",c\r\r\n7,d,e\n'
    const items = await readContent(content)
    expect(recordsOf(items).slice(0, 3)).toEqual([
      { input: '1', expectedOutput: 'a' },
      { input: '2', expectedOutput: 'b' },
      { input: '3\r\n4\r5\n6', expectedOutput: 'c' },
    ])
    expect(problemsOf(items)).toMatchObject([{ line: 9, column: 5 }])
  })

  it('D1 is refused for two columns of one name, when it is read from', async () => {
    const content = 'input,topic,expectedOutput,topic\n1,2,3,4\n'
    expect((await refusal(content))[0]).toBe('data.csv:1:28: expected columns of different names, got "topic" twice')
    expect(await readAll(content, { columns: { metadata: false } })).toEqual([{ input: '1', expectedOutput: '3' }])
  })

  it('D1 keeps the header __proto__ as data, which pollutes nothing', async () => {
    const [record] = await readAll('input,__proto__,constructor\n1,polluted,2\n')
    expect(JSON.stringify(record)).toBe('{"input":"1","metadata":{"__proto__":"polluted","constructor":"2"}}')
    expect(Reflect.get({}, 'polluted')).toBeUndefined()
    const [mapped] = await readAll('__proto__,constructor\n1,2\n', { columns: { input: ['__proto__', 'constructor'] } })
    expect(JSON.stringify(mapped)).toBe('{"input":{"__proto__":"1","constructor":"2"}}')
  })

  it('D1 reads 10,000 columns', async () => {
    const names = Array.from({ length: 10_000 }, (_, index) => `c${index}`)
    const row = names.map((_, index) => index).join()
    const content = `input,${names.join()}\nx,${row}\ny,${row},1\n`
    const [first, second] = await readAll(content)
    expect(Object.entries(Object(Reflect.get(Object(first), 'metadata')))).toHaveLength(10_000)
    expect(second).toBe('expected 10001 cells, as the header has, got 10002')
    expect((await refusal(content, { columns: { input: 'c12345' } }))[0]).toMatch(
      /expected a column "c12345" \(columns\.input\), got "input", "c0", .* and 9989 more; did you mean "c1234"\?$/,
    )
  })

  it('D2 is refused when it is UTF-16, as Excel writes "Unicode text"', async () => {
    const [message] = await refusal(Buffer.from(`\ufeff${capitals}`, 'utf16le'))
    expect(message).toBe('data.csv:1:1: expected UTF-8 text, got UTF-16 (little endian)')
  })

  it('D8 names file and line of a second record with the same id', async () => {
    const file = await tempFile('data.csv', 'id,input\na,1\n\nb,"2\n3"\na,4\n')
    expect(await failureOf(readDataset(csv(file)))).toMatchObject({
      code: 'E_DATASET_DUPLICATE_ID',
      location: { file, line: 6 },
    })
  })

  it.each([
    ['an empty file', ''],
    ['a header alone', 'input,expectedOutput\n'],
  ])('D9 has no records: %s', async (_what, content) => {
    expect(await readContent(content)).toEqual([])
  })

  it('shows no control sequence of a bad row', async () => {
    const [problem] = problemsOf(await readContent('input\n\u001b]52;c;aGk=\u0007\u009b2J\u202e,2\n'))
    expect(`${problem?.message}${problem?.codeFrame?.replace('\n', '')}`).not.toMatch(/[\p{Cc}\p{Cf}]/u)
    const failure = await failureOf(readContent('a\u001b[2J,\u202eb\n1,2\n'))
    expect(`${failure.message}${failure.hint}${failure.codeFrame?.replace('\n', '')}`).not.toMatch(/[\p{Cc}\p{Cf}]/u)
  })
})
