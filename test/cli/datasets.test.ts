import { execFileSync } from 'node:child_process'
import { readdirSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { type CliProject, cliProject } from '../helpers/cli.ts'
import { experiment, passing } from '../helpers/modules.ts'

const IMPORT = "import { jsonl } from 'llmobs-exp'"
const lines = (count: number): string[] =>
  Array.from({ length: count }, (_, index) => `{"id":"r${index}","input":${index}}`)
const text = (all: readonly string[]): string => `${all.join('\n')}\n`

async function fileProject(records: string | Uint8Array, schemas = ''): Promise<CliProject> {
  const members = `dataset: jsonl('./records.jsonl'${schemas}), task: (input) => input, evaluators: { same: ({ output, input }) => output === input },`
  const project = await cliProject({ 'exp.ts': experiment(members, `${IMPORT}\nimport { z } from 'zod'`) })
  project.write('records.jsonl', records)
  return project
}

const badLines: { [what: string]: { line: string; at: string } } = {
  'a broken line': { line: '{"id":"x","input":}', at: '57:19' },
  'a trailing comma': { line: '{"id":"x","input":1,}', at: '57:21' },
  'a line that is no object': { line: '["x"]', at: '57' },
}

test.each(Object.entries(badLines))(
  'D2: %s exits 2 with file, line and column, and --skip-invalid runs the others',
  async (_what, bad) => {
    const project = await fileProject(text(lines(100).with(56, bad.line)))
    const refused = await project.run(['run', 'exp.ts'])

    expect(refused.exitCode).toBe(2)
    expect(refused.stderr).toContain('E_DATASET_RECORD')
    expect(refused.stderr).toMatch(new RegExp(`records\\.jsonl:${bad.at}\\b`))
    expect(refused.stderr).toContain('--skip-invalid')
    expect(project.stored()).toEqual([])

    const skipped = await project.run(['run', 'exp.ts', '--skip-invalid'])
    expect(skipped.exitCode).toBe(0)
    expect(skipped.stderr).toMatch(/W_RECORD_SKIPPED: .*records\.jsonl:57/)
    expect(project.only().rows).toHaveLength(99)
    expect(project.only().events.filter(({ code }) => code === 'W_RECORD_SKIPPED')).toHaveLength(1)
  },
)

test('D2: several bad lines are all named at once', async () => {
  const project = await fileProject(text(lines(10).with(3, '{').with(7, '{"id":"x"}')))
  const { exitCode, stderr } = await project.run(['run', 'exp.ts'])

  expect(exitCode).toBe(2)
  expect(stderr).toMatch(/records\.jsonl:4:/)
  expect(stderr).toMatch(/records\.jsonl:8:/)
})

test('D2: a byte order mark, CRLF, blank lines and a missing last line break change nothing', async () => {
  const project = await fileProject(`\ufeff${lines(3).join('\r\n\r\n')}`)

  expect((await project.run(['run', 'exp.ts'])).exitCode).toBe(0)
  expect(project.only().rows.map(({ key }) => key)).toEqual(['r0', 'r1', 'r2'])
})

test('D2: UTF-16 and bytes that are no UTF-8 exit 2', async () => {
  const utf16 = await fileProject(Buffer.from(`\ufeff${text(lines(3))}`, 'utf16le'))
  const latin1 = await fileProject(Buffer.from(`${text(lines(1))}{"input":"caf\u00e9"}\n`, 'latin1'))

  const results = [await utf16.run(['run', 'exp.ts']), await latin1.run(['run', 'exp.ts'])]
  expect(results.map(({ exitCode }) => exitCode)).toEqual([2, 2])
  expect(results[1]?.stderr).toMatch(/records\.jsonl:2:/)
})

test.each([
  ['an empty file', ''],
  ['a file of blank lines', '\n\n  \n'],
])('D9: %s exits 2', async (_what, content) => {
  const project = await fileProject(content)
  const { exitCode, stderr } = await project.run(['run', 'exp.ts'])

  expect(exitCode).toBe(2)
  expect(stderr).toContain('E_DATASET_EMPTY')
  expect(project.stored()).toEqual([])
})

test('a record that its schema refuses exits 2 and names file, line and what was expected', async () => {
  const project = await fileProject(text([...lines(2), '{"input":"three"}']), ', { input: z.number() }')
  const { exitCode, stderr } = await project.run(['run', 'exp.ts'])

  expect(exitCode).toBe(2)
  expect(stderr).toMatch(/records\.jsonl:3\b/)
  expect(stderr).toContain('expected number')
})

test('D8: duplicate ids exit 2 and name both places', async () => {
  const inFile = await fileProject(text([...lines(5), '{"id":"r2","input":9}']))
  const inArray = await cliProject({
    'exp.ts': experiment(`dataset: [{ id: 'a', input: 1 }, { id: 'b', input: 2 }, { id: 'a', input: 3 }], ${passing}`),
  })
  const results = [await inFile.run(['run', 'exp.ts']), await inArray.run(['run', 'exp.ts'])]

  expect(results.map(({ exitCode }) => exitCode)).toEqual([2, 2])
  expect(results[0]?.stderr).toMatch(/E_DATASET_DUPLICATE_ID.*"r2"/)
  expect(results[0]?.stderr).toMatch(/records\.jsonl:6/)
  expect(results[1]?.stderr).toMatch(/E_DATASET_DUPLICATE_ID.*"a"/)
  expect([...inFile.stored(), ...inArray.stored()]).toEqual([])
})

test('D8: identical records without ids are rows of their own, with the same keys in every run', async () => {
  const project = await cliProject({
    'exp.ts': experiment(
      `dataset: [{ input: 1 }, { input: 1 }, { input: 1 }], task: (input) => input, evaluators: {},`,
    ),
  })
  await project.run(['run', 'exp.ts'])
  await project.run(['run', 'exp.ts'])

  const [first, second] = project.stored().map(({ rows }) => rows.map(({ key }) => key).sort())
  expect(new Set(first).size).toBe(3)
  expect(second).toEqual(first)
})

test('D10: an iterable that throws after 40 records exits 4 and keeps their rows', async () => {
  const project = await cliProject({
    'exp.ts': experiment(`dataset: (async function* () {
        for (let index = 0; index < 40; index++) yield { id: 'r' + index, input: index }
        throw new Error('connection lost')
      })(), ${passing.replace('output === expectedOutput', 'true')}`),
  })
  const { exitCode, lastLine } = await project.run(['run', 'exp.ts'])

  const { id, rows, manifest } = project.only()
  expect(exitCode).toBe(4)
  expect(lastLine).toBe(
    `ended early: exp: the dataset threw after 40 records: connection lost; what is done is kept; run the rest: llmobs-exp resume ${id}`,
  )
  expect(rows).toHaveLength(40)
  expect(rows.every(({ status, evaluations }) => status === 'ok' && evaluations.same?.status === 'ok')).toBe(true)
  expect(manifest.state.rows).toMatchObject({ ok: 40 })
})

test('D10: an iterable that throws before its first record exits 2 and leaves nothing in the store', async () => {
  const project = await cliProject({
    'exp.ts': experiment(`dataset: (function* () { throw new Error('no such bucket') })(), ${passing}`),
  })
  const { exitCode, lastLine } = await project.run(['run', 'exp.ts'])

  expect(exitCode).toBe(2)
  expect(lastLine).toContain('no such bucket')
  expect(project.stored()).toEqual([])
})

test('D10: an endless iterable is read no further ahead than twice the jobs', async () => {
  const project = await cliProject({
    'exp.ts': experiment(
      `dataset: (function* () { for (let index = 0; ; index++) { read++; yield { input: index } } })(),
      task: (input) => { most = Math.max(most, read - ++begun); return { most } }, evaluators: {},`,
      'let read = 0, begun = 0, most = 0',
    ),
  })
  const { exitCode } = await project.run(['run', 'exp.ts', '--jobs', '4', '--sample-size', '200'])

  expect(exitCode).toBe(0)
  const { rows } = project.only()
  expect(rows).toHaveLength(200)
  // Rows begun and read ahead: at most `jobs` in flight and twice as many waiting.
  expect(rows.at(-1)?.output).toMatchObject({ most: expect.toSatisfy((most: number) => most <= 3 * 4) })
})

test('D11: what a task does to its input is not seen by evaluators, other runs or the log', async () => {
  const project = await cliProject({
    'exp.ts': experiment(`dataset: [{ id: 'a', input: { list: [1] }, expectedOutput: { x: 1 }, metadata: { m: 1 } }],
      task: (input, { metadata }) => { input.list.push(2); input.more = true; if (metadata) metadata.m = 2; return input.list.length },
      evaluators: { clean: ({ input, metadata }) => input.list.length === 1 && !('more' in input) && metadata.m === 1,
        vandal: ({ input, expectedOutput }) => { try { input.list.length = 0; expectedOutput.x = 2 } catch {} return true },
        clean2: ({ input, expectedOutput }) => input.list.length === 1 && expectedOutput.x === 1 },
      runs: 3,`),
  })
  const { exitCode } = await project.run(['run', 'exp.ts', '--jobs', '1'])

  const { rows } = project.only()
  expect(exitCode).toBe(0)
  expect(rows.map(({ output }) => output)).toEqual([2, 2, 2])
  for (const { input, evaluations } of rows) {
    expect(input).toEqual({ list: [1] })
    expect(evaluations.clean?.evaluations?.[0]?.value).toBe(true)
    expect(evaluations.clean2?.evaluations?.[0]?.value).toBe(true)
  }
})

test('D7: __proto__ and constructor in records are data and pollute nothing', async () => {
  const record = '{"input":{"__proto__":{"x":1},"constructor":{"prototype":{"y":1}}},"metadata":{"__proto__":{"z":1}}}'
  const project = await fileProject(text([record]))
  project.write(
    'exp.ts',
    experiment(
      `dataset: jsonl('./records.jsonl'),
    task: (input) => [Object.keys(input), ({}).x === undefined, ({}).y === undefined, ({}).z === undefined],
    evaluators: {},`,
      IMPORT,
    ),
  )
  const { exitCode } = await project.run(['run', 'exp.ts'])

  expect(exitCode).toBe(0)
  expect(project.only().rows[0]?.output).toEqual([['__proto__', 'constructor'], true, true, true])
  expect(project.read(`.llmobs-exp/experiments/${project.only().id}/events.jsonl`)).toContain('"__proto__":{"x":1}')
})

test('D6: a record nested too deeply exits 2 and says how deep it may be', async () => {
  const project = await fileProject(text([`{"input":${'['.repeat(20_000)}${']'.repeat(20_000)}}`]))
  const { exitCode, stderr } = await project.run(['run', 'exp.ts'])

  expect(exitCode).toBe(2)
  expect(stderr).toMatch(/records\.jsonl:1/)
  expect(stderr).toContain('500')
})

test('D13: a folder, a device, a pipe and a loop of links in place of a dataset exit 2 at once', async () => {
  const project = await cliProject()
  project.write('folder/x', '')
  execFileSync('mkfifo', [join(project.folder, 'pipe')])
  symlinkSync('loop', join(project.folder, 'loop'))
  for (const path of ['./folder', '/dev/zero', './pipe', './loop']) {
    project.write('exp.ts', experiment(`dataset: jsonl('${path}'), ${passing}`, IMPORT))
    const { exitCode, stderr } = await project.run(['run', 'exp.ts'])
    expect([path, exitCode]).toEqual([path, 2])
    expect(stderr).toContain('E_DATASET_FILE')
  }
  expect(project.stored()).toEqual([])
})

test('D14: ids of any kind are kept as data', async () => {
  const ids = ['../../x', 'CON', 'a/b', '\u{1f600}', 'x'.repeat(4096), '__proto__', ' ']
  const project = await fileProject(text(ids.map((id) => JSON.stringify({ id, input: 1 }))))
  const { exitCode } = await project.run(['run', 'exp.ts', '--jobs', '1'])

  expect(exitCode).toBe(0)
  expect(project.only().rows.map(({ key }) => key)).toEqual(ids)
  // No file is named after them.
  expect(readdirSync(project.only().folder).sort()).toEqual(['events.jsonl', 'manifest.json'])
  expect(readdirSync(project.folder).sort()).toEqual([
    '.llmobs-exp',
    'exp.ts',
    'node_modules',
    'package.json',
    'records.jsonl',
  ])
})

test('a relative path starts from the folder of the module, not from the current folder', async () => {
  const project = await cliProject({
    'sub/exp.ts': experiment(`dataset: jsonl('./records.jsonl'), task: (input) => input, evaluators: {},`, IMPORT),
    'sub/records.jsonl': text(lines(3)),
  })

  expect((await project.run(['run', 'sub/exp.ts'])).exitCode).toBe(0)
  expect(project.only().rows).toHaveLength(3)
})

const csvImport = "import { csv, json } from 'llmobs-exp'\nimport { z } from 'zod'"
const csvRows = (count: number): string[] =>
  Array.from({ length: count }, (_, index) => `r${index},question ${index},${index}`)
const table = (rows: readonly string[]): string => text(['id,input,expectedOutput', ...rows])

async function csvProject(content: string | Uint8Array, options = '{ expectedOutput: z.coerce.number() }') {
  const members = `dataset: csv('./data.csv', ${options}), task: (input) => Number(input.split(' ')[1]),
    evaluators: { same: ({ output, expectedOutput }) => output === expectedOutput },`
  const project = await cliProject({ 'exp.ts': experiment(members, csvImport) })
  project.write('data.csv', content)
  return project
}

const badRows: { [what: string]: { row: string; at: string } } = {
  'a row with a cell too many': { row: 'x,question 55,55,more', at: '57:18' },
  'a row with a cell too few': { row: 'x,question 55', at: '57:14' },
  'a NUL': { row: 'x,question\0 55,55', at: '57:11' },
  'a cell that its schema refuses': { row: 'x,question 55,many', at: '57:15' },
}

test.each(Object.entries(badRows))(
  'D1: %s exits 2 with file, line and column, and --skip-invalid runs the others',
  async (_what, bad) => {
    const project = await csvProject(table(csvRows(99).with(55, bad.row)))
    const refused = await project.run(['run', 'exp.ts'])

    expect(refused.exitCode).toBe(2)
    expect(refused.stderr).toContain('E_DATASET_RECORD')
    expect(refused.stderr).toMatch(new RegExp(`data\\.csv:${bad.at}\\b`))
    expect(refused.stderr).toContain('> 57 | x,question')
    expect(project.stored()).toEqual([])

    const skipped = await project.run(['run', 'exp.ts', '--skip-invalid'])
    expect(skipped.exitCode).toBe(0)
    expect(skipped.stderr).toMatch(/W_RECORD_SKIPPED: .*data\.csv:57/)
    expect(project.only().rows).toHaveLength(98)
  },
)

test('D1: a quote at line 57 that is not closed exits 2 from there, with --skip-invalid too', async () => {
  const project = await csvProject(table(csvRows(99).with(55, 'x,"question 55,55')))
  for (const flags of [[], ['--skip-invalid']]) {
    const { exitCode, stderr } = await project.run(['run', 'exp.ts', ...flags])
    expect(exitCode).toBe(2)
    expect(stderr).toContain('E_DATASET_FILE')
    expect(stderr).toMatch(/data\.csv:57:3\b/)
  }
  expect(project.stored()).toEqual([])
})

test('D1: a byte order mark, mixed line ends, a header __proto__ and empty headers change nothing', async () => {
  const rows = csvRows(4).map((row, index) => `${row},p,${['\r\n', '\r', '\n', ''][index]}`)
  const project = await csvProject(`\ufeffid,input,expectedOutput,__proto__,\r\n${rows.join('')}`)

  expect((await project.run(['run', 'exp.ts'])).exitCode).toBe(0)
  expect(project.only().rows.map(({ key }) => key)).toEqual(['r0', 'r1', 'r2', 'r3'])
  expect(project.read(`.llmobs-exp/experiments/${project.only().id}/events.jsonl`)).toContain('{"__proto__":"p"}')
})

test('D1: a misspelt column exits 2 and names those that are there', async () => {
  const project = await csvProject(
    'question,answer\n1,2\n',
    "{ columns: { input: 'qestion', expectedOutput: 'answer' } }",
  )
  const { exitCode, stderr } = await project.run(['run', 'exp.ts'])

  expect(exitCode).toBe(2)
  expect(stderr).toContain(
    'expected a column "qestion" (columns.input), got "question", "answer"; did you mean "question"?',
  )
})

test('D12: a gzip file that becomes far too large exits 2, and runs when its dataset says how large it may become', async () => {
  const record = `${JSON.stringify({ input: 'x'.repeat(1024 * 1024 - 13) })}\n`
  const project = await cliProject()
  project.write('records.jsonl.gz', gzipSync(record.repeat(66)))
  const members = (options: string) =>
    `dataset: jsonl('./records.jsonl.gz'${options}), task: () => 1, evaluators: { one: ({ output }) => output === 1 },`

  project.write('exp.ts', experiment(members(''), IMPORT))
  const refused = await project.run(['run', 'exp.ts'])
  expect(refused.exitCode).toBe(2)
  expect(refused.stderr).toMatch(/E_DATASET_FILE: .*at most 100 times its size/)
  expect(project.stored()).toEqual([])

  project.write('exp.ts', experiment(members(', { maxUnpackedBytes: 1e9 }'), IMPORT))
  const { exitCode, stderr } = await project.run(['run', 'exp.ts', '--sample-size', '3'])
  expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 })
}, 120_000)

test('json reads the array that is said, packed or not', async () => {
  const document = JSON.stringify({
    data: {
      items: [
        { id: 'a', input: 1 },
        { id: 'b', input: 2 },
      ],
    },
  })
  const members = "dataset: json('./data.json', { at: 'data.items' }), task: (input) => input, evaluators: {},"
  const project = await cliProject({ 'exp.ts': experiment(members, csvImport) })
  for (const content of [document, gzipSync(document)]) {
    project.write('data.json', content)
    expect((await project.run(['run', 'exp.ts'])).exitCode).toBe(0)
  }
  expect(project.stored().map(({ rows }) => rows.map(({ key }) => key))).toEqual([
    ['a', 'b'],
    ['a', 'b'],
  ])

  project.write('data.json', document.replace('"items"', '"itmes"'))
  const { exitCode, stderr } = await project.run(['run', 'exp.ts'])
  expect(exitCode).toBe(2)
  expect(stderr).toContain('expected a key "items" in "data", got the keys "itmes"; did you mean "itmes"?')
})

test('a source that says it can be read but once is not read beforehand', async () => {
  const project = await cliProject({
    'exp.ts': experiment(
      `dataset: { [openSource]: { description: 'a queue', checkedFirst: false, read: async function* () {
        if (reads++ > 0) throw new Error('read twice')
        yield [{ status: 'record', record: { id: 'a', input: 1 } }, { status: 'record', record: { expected: 2 } }]
      } } }, task: (input) => input, evaluators: {},`,
      "import { openSource } from 'llmobs-exp'\nlet reads = 0",
    ),
  })
  const { exitCode, stderr } = await project.run(['run', 'exp.ts', '--skip-invalid'])

  expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 })
  expect(stderr).toMatch(/W_RECORD_SKIPPED: dataset\[1\]: expected a record with no other keys/)
  expect(project.only().rows).toHaveLength(1)
})

test('an experiment can import the contract suite, and gets the tool that runs', async () => {
  const project = await cliProject({
    'exp.ts': experiment(
      "dataset: [{ input: 1 }], task: async () => checkDatasetSource(() => [{ input: 'a' }]), evaluators: {},",
      "import { checkDatasetSource } from 'llmobs-exp/contracts'",
    ),
  })

  expect((await project.run(['run', 'exp.ts'])).exitCode).toBe(0)
  expect(project.only().rows[0]?.output).toEqual([])
})
