import { execFile } from 'node:child_process'
import { mkdir, open, symlink, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { gzipSync } from 'node:zlib'
import { type } from 'arktype'
import fc from 'fast-check'
import * as v from 'valibot'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import type { FileOptions } from '../../src/datasets/check-options.ts'
import { jsonl } from '../../src/datasets/jsonl.ts'
import { openDataset } from '../../src/datasets/open-dataset.ts'
import type { SourceItem } from '../../src/model/dataset.ts'
import { datasetSourceContract } from '../contracts/dataset-source.ts'
import { failureOf, problemsOf, readDataset, readItems, readTexts } from './read-all.ts'
import { tempFile, tempFolder } from './temp-folder.ts'

datasetSourceContract('jsonl', async (items) => {
  const file = await tempFile('records.jsonl', items.map((item) => `${JSON.stringify(item)}\n`).join(''))
  return jsonl(file)
})

/** What jsonl makes of a file with this content. */
async function readContent(content: string | Uint8Array, schemas: FileOptions = {}): Promise<SourceItem[]> {
  return readItems(openDataset(jsonl(await tempFile('records.jsonl', content), schemas)).source)
}

async function readInputs(content: string | Uint8Array): Promise<unknown[]> {
  return (await readContent(content)).map((item) =>
    item.status === 'record' ? item.record.input : item.problem.message,
  )
}

function lines(count: number): string[] {
  return Array.from({ length: count }, (_, input) => JSON.stringify({ input }))
}

describe('jsonl', () => {
  it.each([
    ['a final newline', '{"input":1}\n{"input":2}\n'],
    ['no final newline', '{"input":1}\n{"input":2}'],
    ['CRLF', '{"input":1}\r\n{"input":2}\r\n'],
    ['a byte order mark', '\ufeff{"input":1}\n{"input":2}'],
    ['blank lines', '\n\n{"input":1}\n \t\r\n\r\n{"input":2}\n\n'],
    ['space around', '  {"input":1}  \n\t{"input":2}'],
  ])('D2 reads a file with %s', async (_name, content) => {
    expect(await readInputs(content)).toEqual([1, 2])
  })

  it.each([
    ['an empty file', ''],
    ['a byte order mark alone', '\ufeff'],
    ['a newline alone', '\n'],
  ])('D9 finds no records in %s', async (_name, content) => {
    expect(await readContent(content)).toEqual([])
  })

  it('D2 names file, line and column of a bad line, with a code frame, and reads the other 99', async () => {
    const content = lines(100)
    content[56] = '{"input": 56,}'
    const file = await tempFile('triage.jsonl', content.join('\n'))
    const items = await readItems(openDataset(jsonl(file)).source)
    expect(items).toHaveLength(100)
    expect(problemsOf(items)).toEqual([
      {
        message: 'not JSON: expected a key in double quotes, got "}" after a comma',
        file,
        line: 57,
        column: 14,
        codeFrame: ['> 57 | {"input": 56,}', '     |              ^'].join('\n'),
      },
    ])
  })

  it('asks whether a document of several lines was meant for json()', async () => {
    const [problem] = problemsOf(await readContent(JSON.stringify([{ input: 1 }], undefined, 2)))
    expect(problem?.message).toMatch(/got the end of the line; json\(\) reads a document of several lines$/)
  })

  it('D2 counts blank lines when it numbers lines', async () => {
    const [problem] = problemsOf(await readContent('\n\r\n{"input":1}\n\n{"expected":1}\n'))
    expect(problem).toMatchObject({
      line: 5,
      column: 13,
      codeFrame: ['> 5 | {"expected":1}', '    |             ^'].join('\n'),
    })
  })

  it.each([
    ['little endian with a mark', Buffer.from('\ufeff{"input":1}\n', 'utf16le'), 'UTF-16 (little endian)'],
    ['big endian with a mark', Buffer.from('\ufeff{"input":1}\n', 'utf16le').swap16(), 'UTF-16 (big endian)'],
    ['little endian', Buffer.from('{"input":1}\n', 'utf16le'), 'UTF-16 (little endian, without a byte order mark)'],
    ['big endian', Buffer.from('{"input":1}\n', 'utf16le').swap16(), 'UTF-16 (big endian, without a byte order mark)'],
    ['gzip twice', gzipSync(gzipSync('{"input":1}')), 'a gzip file'],
    ['zip', Buffer.from('504b03041400', 'hex'), 'a zip archive, which workbooks (.xlsx, .ods) are too'],
    ['Parquet', Buffer.from('PAR1\u0015'), 'a Parquet file'],
  ])('D2 refuses a file in another encoding: %s', async (_name, content, got) => {
    const failure = await failureOf(readContent(content))
    expect(failure).toMatchObject({ code: 'E_DATASET_FILE', location: { line: 1, column: 1 } })
    expect(failure.message).toMatch(/records\.jsonl:1:1: expected UTF-8 text, got /)
    expect(failure.message.endsWith(got)).toBe(true)
  })

  it('D2 names line and column of bytes that are no UTF-8, and reads on', async () => {
    const bad = Buffer.concat([
      Buffer.from('{"input":"é1"}\n{"input":"é'),
      Buffer.from([0xe9]),
      Buffer.from('"}\n{"input":3}\n'),
    ])
    const items = await readContent(bad)
    expect(items.map(({ status }) => status)).toEqual(['record', 'invalid', 'record'])
    expect(problemsOf(items)[0]).toMatchObject({ line: 2, column: 12, message: 'expected UTF-8, got the byte 0xe9' })
  })

  it('D2 names the byte of a character that is cut off at the end of the file', async () => {
    const items = await readContent(Buffer.from('{"input":"é').subarray(0, -1))
    expect(problemsOf(items)[0]).toMatchObject({ line: 1, column: 11, message: 'expected UTF-8, got the byte 0xc3' })
  })

  it('D3 keeps odd characters and reads a line of 1 MB', async () => {
    const odd = `\u0000 \ud800 \u2028 \u202e 👩‍👩‍👧 ${'é'.repeat(512 * 1024)}`
    expect(await readInputs(`${JSON.stringify({ input: odd })}\n{"input":2}\n`)).toEqual([odd, 2])
  })

  it('D4 reads a record of 50 MB', async () => {
    const input = 'x'.repeat(50 * 1024 * 1024)
    const file = await tempFile('large.jsonl', `{"input":1}\n${JSON.stringify({ input })}\n{"input":3}`)
    const texts = await readTexts(jsonl(file))
    expect(texts.map((text) => text.input.length)).toEqual([1, input.length + 2, 1])
  }, 30_000)

  it('D6 refuses a line that is nested too deep, before its schema is asked', async () => {
    const nested = (depth: number) => `{"input":${'['.repeat(depth)}${']'.repeat(depth)}}`
    const asked: unknown[] = []
    const input = z.custom((value) => asked.push(value) > 0)
    const items = await readContent([nested(500), nested(501), nested(20_000), '{"input":4}'].join('\n'), { input })
    expect(items.map(({ status }) => status)).toEqual(['record', 'invalid', 'invalid', 'record'])
    expect(problemsOf(items)[1]).toMatchObject({
      line: 3,
      message: 'expected values nested at most 500 deep, got a deeper one',
    })
    expect(asked).toHaveLength(2)
  })

  it('D8 names file and line of a second record with the same id', async () => {
    const file = await tempFile('triage.jsonl', '{"id":"a","input":1}\n\n{"id":"a","input":2}\n')
    const failure = await failureOf(readDataset(jsonl(file)))
    expect(failure).toMatchObject({ code: 'E_DATASET_DUPLICATE_ID', location: { file, line: 3 } })
    expect(failure.message).toContain('triage.jsonl:3: expected an id that no other record has, got "a"')
  })

  it('shows no control sequence of a bad line', async () => {
    const [problem] = problemsOf(await readContent('{"input":1} \u001b]52;c;aGk=\u0007\u009b2J\u202e\n'))
    expect(`${problem?.message}${problem?.codeFrame?.replace('\n', '')}`).not.toMatch(/[\p{Cc}\p{Cf}]/u)
  })

  it('finds every line whatever the sizes, as splitting the text does', async () => {
    const sizes = fc.array(fc.oneof(fc.nat(40), fc.integer({ min: 262_000, max: 262_300 }), fc.nat(600_000)), {
      maxLength: 8,
    })
    await fc.assert(
      fc.asyncProperty(sizes, fc.constantFrom('\n', '\r\n'), fc.boolean(), async (lengths, newline, isFinal) => {
        const inputs = lengths.map((length, index) => `${index}${(index % 2 === 0 ? 'a' : 'é').repeat(length)}`)
        const content = inputs.map((input) => JSON.stringify({ input })).join(newline) + (isFinal ? newline : '')
        expect(await readInputs(content)).toEqual(inputs)
      }),
      { numRuns: 25 },
    )
  }, 30_000)

  it('holds no more of a large file than a few batches', async () => {
    const file = join(await tempFolder(), 'large.jsonl')
    const handle = await open(file, 'w')
    const block = `${lines(10_000).join('\n')}\n`
    for (let times = 0; times < 100; times++) await handle.write(block)
    await handle.close()
    let records = 0
    let largest = 0
    for await (const batch of openDataset(jsonl(file)).source.read({
      baseFolder: '.',
      signal: new AbortController().signal,
    })) {
      records += batch.length
      largest = Math.max(largest, batch.length)
    }
    expect(records).toBe(1_000_000)
    expect(largest).toBeLessThan(30_000)
  }, 30_000)
})

describe('the file of jsonl', () => {
  it('is found from the base folder, and in the current folder when a user iterates', async () => {
    const folder = await tempFolder()
    await mkdir(join(folder, 'data'))
    await writeFile(join(folder, 'data', 'a.jsonl'), '{"input":1}\n')
    const dataset = jsonl('./data/a.jsonl')
    expect(await readItems(openDataset(dataset).source, { baseFolder: folder })).toHaveLength(1)
    const failure = await failureOf(dataset[Symbol.asyncIterator]().next())
    expect(failure.message).toContain(join(process.cwd(), 'data', 'a.jsonl'))
  })

  it('is taken as it is when it is a URL', async () => {
    const file = await tempFile('a b.jsonl', '{"input":1}\n')
    const { info, source } = openDataset(jsonl(pathToFileURL(file)))
    expect(info.description).toBe('jsonl a b.jsonl')
    expect(await readItems(source, { baseFolder: '/nowhere' })).toHaveLength(1)
    const failure = await failureOf(readItems(openDataset(jsonl(new URL('https://example.com/a.jsonl'))).source))
    expect(failure).toMatchObject({ code: 'E_DATASET_FILE' })
    expect(failure.message).toContain('expected a file: URL, got "https://example.com/a.jsonl"')
  })

  it('may be a symbolic link', async () => {
    const file = await tempFile('a.jsonl', '{"input":1}\n')
    await symlink(file, `${file}.link`)
    expect(await readItems(openDataset(jsonl(`${file}.link`)).source)).toHaveLength(1)
  })

  it.each([
    ['a folder', async (path: string) => mkdir(path), 'a folder'],
    ['a pipe', async (path: string) => promisify(execFile)('mkfifo', [path]), 'a pipe'],
    ['a link to /dev/zero', async (path: string) => symlink('/dev/zero', path), 'a device'],
    ['a loop of symbolic links', async (path: string) => symlink(path, path), 'a loop of symbolic links'],
    ['nothing', async () => {}, 'none'],
    [
      'below a file',
      async (path: string) => writeFile(dirname(path), ''),
      'none: a part of the path is a file, not a folder',
      'below/x',
    ],
  ])('D13 cannot be %s', async (_name, make, got, name = 'data.jsonl') => {
    const path = join(await tempFolder(), name)
    await make(path)
    const failure = await failureOf(readItems(openDataset(jsonl(path)).source))
    expect(failure).toMatchObject({ code: 'E_DATASET_FILE', location: { file: path } })
    expect(failure.message).toBe(`jsonl ${path}: expected a regular file at ${path}, got ${got}`)
  })

  it.each([
    ['./triag.jsonl', './triage.jsonl'],
    ['triage.json', 'triage.jsonl'],
    ['./data/tickts.csv', './data/tickets.csv.gz'],
    ['./dat/tickets.csv.gz', './data/tickets.csv.gz'],
    ['../triage.jsonl', undefined],
    ['./modul.ts', undefined],
  ])('suggests for %s, which is not there, %s', async (path, meant) => {
    const baseFolder = await tempFolder()
    await mkdir(join(baseFolder, 'data'))
    for (const name of ['triage.jsonl', 'module.ts', 'data/tickets.csv.gz']) await writeFile(join(baseFolder, name), '')
    const failure = await failureOf(readItems(openDataset(jsonl(path)).source, { baseFolder }))
    expect(failure.hint).toEqual(
      meant === undefined ? expect.stringContaining('a relative path starts') : `did you mean "${meant}"?`,
    )
  })

  it('suggests a whole path for a URL, and for an absolute path', async () => {
    const file = await tempFile('triage.jsonl', '')
    for (const path of [`${file}x`, pathToFileURL(`${file}x`)]) {
      expect((await failureOf(readItems(openDataset(jsonl(path)).source))).hint).toBe(`did you mean "${file}"?`)
    }
  })

  it('D13 may lie anywhere, but must hold records: /etc/passwd holds none', async () => {
    const [problem] = problemsOf(
      await readItems(openDataset(jsonl('../../etc/passwd')).source, { baseFolder: '/usr/lib' }),
    )
    expect(problem).toMatchObject({ file: '/etc/passwd', line: 1, column: 1 })
  })

  it('is named by a path that is not empty', () => {
    for (const path of ['', 3, undefined]) {
      expect(() => Reflect.apply(jsonl, undefined, [path])).toThrow(expect.objectContaining({ code: 'E_DEFINITION' }))
    }
  })
})

describe('the schemas of jsonl', () => {
  const content =
    '{"id":"a","input":{"ticket":"no login"},"expectedOutput":"bug"}\n{"input":{"ticket":7},"expectedOutput":"bug"}\n'

  it.each([
    ['zod', { input: z.object({ ticket: z.string() }), expectedOutput: z.enum(['bug', 'other']) }],
    ['valibot', { input: v.object({ ticket: v.string() }), expectedOutput: v.picklist(['bug', 'other']) }],
    ['arktype', { input: type({ ticket: 'string' }), expectedOutput: type("'bug' | 'other'") }],
  ])('check values with %s', async (_library, schemas) => {
    const [first, second] = await readContent(content, schemas)
    expect(first).toMatchObject({
      status: 'record',
      record: { id: 'a', input: { ticket: 'no login' }, expectedOutput: 'bug' },
      line: 1,
    })
    expect(second).toMatchObject({
      status: 'invalid',
      problem: { line: 2, message: expect.stringMatching(/^input\.ticket: .*string/) },
    })
  })

  it('may be asynchronous', async () => {
    const input = z.number().refine(async (value) => Promise.resolve(value > 1), 'too small')
    const items = await readContent('{"input":1}\n{"input":2}\n', { input })
    expect(problemsOf(items)).toMatchObject([{ line: 1, message: 'input: too small' }])
    expect(items[1]).toMatchObject({ status: 'record', record: { input: 2 } })
  })

  it('give the values that are used: defaults, conversions, left out keys', async () => {
    const schemas = {
      input: z.object({ n: z.coerce.number() }),
      expectedOutput: z.string().default('none'),
      metadata: z.unknown().transform(() => undefined),
    }
    const [item] = await readContent('{"input":{"n":"7","extra":1},"metadata":{"a":1},"tags":["a:b"]}\n', schemas)
    expect(item).toMatchObject({ status: 'record' })
    expect(item?.status === 'record' && item.record).toEqual({ input: { n: 7 }, expectedOutput: 'none', tags: ['a:b'] })
  })

  it('say how many other issues there are', async () => {
    const items = await readContent('{"input":{}}\n', { input: z.object({ a: z.string(), b: z.string() }) })
    expect(problemsOf(items)[0]?.message).toMatch(/^input\.a: .* \(and 1 more\)$/)
  })

  it('refuse a record without what they want', async () => {
    const items = await readContent('{"input":1}\n', { expectedOutput: z.string() })
    expect(problemsOf(items)[0]?.message).toMatch(/^expectedOutput: /)
    const gone = await readContent('{"input":1}\n', { input: z.number().transform(() => undefined) })
    expect(problemsOf(gone)[0]?.message).toBe('input: expected a value, got undefined from its schema')
  })

  it('make a record invalid when they throw', async () => {
    const input = z.custom(() => {
      throw new Error('a bug in the schema')
    })
    expect(problemsOf(await readContent('{"input":1}\n', { input }))[0]?.message).toBe(
      'input: the schema threw: a bug in the schema',
    )
  })

  it.each([
    [
      { expected: z.string() },
      'expected no other options than input, expectedOutput, metadata, maxUnpackedBytes, got "expected"; did you mean "expectedOutput"?',
    ],
    [{ maxUnpackedBytes: '2 GB' }, 'maxUnpackedBytes: expected a number of bytes above 0, got "2 GB"'],
    [{ input: { ticket: 'string' } }, 'input: expected a Standard Schema, got an object'],
    [null, 'expected an object of schemas and options, got null'],
  ])('are refused when they are none: %#', (schemas, message) => {
    expect(() => Reflect.apply(jsonl, undefined, ['x.jsonl', schemas])).toThrow(
      expect.objectContaining({ code: 'E_DEFINITION', message: `jsonl x.jsonl: ${message}` }),
    )
  })
})

describe('a jsonl dataset that a user iterates', () => {
  it('gives its records', async () => {
    const records: unknown[] = []
    for await (const record of jsonl(await tempFile('a.jsonl', '{"input":1}\n{"id":"b","input":2}\n')))
      records.push(record)
    expect(records).toEqual([{ input: 1 }, { id: 'b', input: 2 }])
  })

  it('throws at a line that is no record', async () => {
    const file = await tempFile('a.jsonl', '{"input":1}\nnot json\n')
    const records = jsonl(file)[Symbol.asyncIterator]()
    expect((await records.next()).value).toEqual({ input: 1 })
    const failure = await failureOf(records.next())
    expect(failure).toMatchObject({ code: 'E_DATASET_RECORD', location: { file, line: 2, column: 1 } })
    expect(failure.message).toBe(`${file}:2:1: not JSON: expected a value, got "not"`)
    expect(failure.codeFrame).toBe('> 2 | not json\n    | ^')
  })
})
