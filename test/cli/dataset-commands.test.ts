import { readdirSync } from 'node:fs'
import { gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { type CliProject, type CliResult, cliProject } from '../helpers/cli.ts'
import type { FakeDatadog, FakeDatadogOptions } from '../helpers/fake-datadog/fake-datadog.ts'
import { answer, silence } from '../helpers/fake-datadog/faults.ts'
import { startFake } from '../helpers/pushed.ts'

const TICKETS = `{"id":"b","input":{"ticket":"two"},"expectedOutput":"bug","tags":["lang:de"]}
{"id":"a","input":{"ticket":"one"},"metadata":{"hard":true}}
{"id":"c","input":"three","expectedOutput":null}
`
/** As it comes back: by id, and without a null, which is kept as nothing. */
const PULLED = `{"id":"a","input":{"ticket":"one"},"metadata":{"hard":true}}
{"id":"b","input":{"ticket":"two"},"expectedOutput":"bug","tags":["lang:de"]}
{"id":"c","input":"three"}
`

interface Setting {
  readonly fake: FakeDatadog
  readonly project: CliProject
  /** `llmobs-exp dataset …`, with the environment that leads to the backend. */
  dataset(args: readonly string[], env?: { readonly [name: string]: string }): Promise<CliResult>
}

async function setUp(options: FakeDatadogOptions = {}): Promise<Setting> {
  const fake = await startFake(options)
  const project = await cliProject({ 'tickets.jsonl': TICKETS })
  const dataset = (args: readonly string[], env = {}) =>
    project.run(['dataset', ...args], { env: { ...fake.env, ...env } })
  return { fake, project, dataset }
}

function namesOf(fake: FakeDatadog) {
  return [...fake.state.datasets.values()].map(({ name, snapshots }) => [name, snapshots.at(-1)?.records.size])
}

describe('dataset push', () => {
  test('makes the dataset what the file is, and says what changed', async () => {
    const { fake, project, dataset } = await setUp()
    const first = await dataset(['push', 'tickets.jsonl', '--name', 'tickets'])
    const [{ id } = { id: '' }] = fake.state.datasets.values()
    expect(first).toEqual({
      exitCode: 0,
      stdout: `pushed tickets, version 1
  3 records: 3 inserted, 0 updated, 0 deleted, 0 unchanged
  project default-project at 127.0.0.1:${fake.port}
  https://app.datadoghq.com/llm/datasets/${id}
`,
      stderr: '',
      lastLine: '',
    })

    const again = await dataset(['push', 'tickets.jsonl', '--name', 'tickets'])
    expect(again.stdout).toContain(
      'nothing to change: tickets, version 1\n  3 records: 0 inserted, 0 updated, 0 deleted, 3 unchanged\n',
    )

    project.write(
      'tickets.jsonl',
      TICKETS.replace('three', 'four').replace(/^.*"id":"a".*\n/m, '{"id":"d","input":1}\n'),
    )
    const changed = await dataset(['push', 'tickets.jsonl', '--name', 'tickets'])
    expect(changed.stdout).toContain(
      'pushed tickets, version 2\n  3 records: 1 inserted, 1 updated, 1 deleted, 1 unchanged\n',
    )
    expect(namesOf(fake)).toEqual([['tickets', 3]])
  })

  test.each([
    ['data.json', '[{"input":1},{"input":2}]'],
    ['data.csv', 'input,expectedOutput\n1,a\n2,b\n'],
    ['data.tsv', 'input\texpectedOutput\n1\ta\n2\tb\n'],
    ['data.ndjson', '{"input":1}\n{"input":2}\n'],
    ['data.JSONL.gz', gzipSync('{"input":1}\n{"input":2}\n')],
  ])('reads %s as its name says, into the project that is wanted', async (file, content) => {
    const { fake, project, dataset } = await setUp()
    project.write(file, content)
    const { exitCode } = await dataset(['push', file, '--name', 'x', '--project', 'support'])
    expect([exitCode, namesOf(fake)]).toEqual([0, [['x', 2]]])
    expect([...fake.state.projects.values()].map(({ name }) => name)).toEqual(['support'])
  })

  test('sends nothing of a file that is not right as a whole', async () => {
    const { fake, project, dataset } = await setUp()
    project.write('tickets.jsonl', `${TICKETS}{"id":"d"}\nno JSON\n`)
    const { exitCode, stderr } = await dataset(['push', 'tickets.jsonl', '--name', 'tickets'])
    expect(exitCode).toBe(2)
    expect(stderr).toContain('error E_DATASET_RECORD: expected a record with an input')
    expect(stderr).toMatch(/hint: correct all 2; also:\n.*tickets\.jsonl:5:1: not JSON/)
    expect(fake.requests).toEqual([])
  })

  test.each([
    ['a file that is not there', ['tickts.jsonl', '--name', 'x'], 'E_DATASET_FILE', 'tickts.jsonl'],
    [
      'a file without records',
      ['empty.jsonl', '--name', 'x'],
      'E_DATASET_EMPTY',
      'empty.jsonl: the dataset has no records',
    ],
    ['two records of one id', ['twice.jsonl', '--name', 'x'], 'E_DATASET_DUPLICATE_ID', 'got "a"'],
    ['a file of another kind', ['data.xlsx', '--name', 'x'], 'E_USAGE', 'expected a file named .jsonl, .json or .csv'],
    ['no name', ['tickets.jsonl'], 'E_OPTION', '--name: expected the name of a dataset, got nothing'],
    [
      'an empty name',
      ['tickets.jsonl', '--name', ''],
      'E_OPTION',
      '--name: expected the name of a dataset, got nothing',
    ],
    ['an option that is misspelt', ['tickets.jsonl', '--nam', 'x'], 'E_USAGE', 'did you mean --name?'],
  ])('refuses %s, and asks nobody', async (_what, args, code, message) => {
    const { fake, project, dataset } = await setUp()
    project.write('empty.jsonl', '\n')
    project.write('twice.jsonl', '{"id":"a","input":1}\n{"id":"a","input":2}\n')
    const { exitCode, stdout, stderr } = await dataset(['push', ...args])
    expect([exitCode, stdout]).toEqual([2, ''])
    expect(stderr).toContain(`error ${code}: `)
    expect(stderr).toContain(message)
    expect(fake.requests).toEqual([])
  })

  test('goes on where an answer was lost, and counts every record once', async () => {
    const { fake, project, dataset } = await setUp()
    const lines = Array.from({ length: 2_500 }, (_, n) => `{"id":"r${n}","input":${n}}\n`)
    project.write('many.jsonl', lines.join(''))
    fake.script({ on: 'batch-update', fault: answer(503), nth: [1, 3] })
    const { exitCode, stdout } = await dataset(['push', 'many.jsonl', '--name', 'many'])
    expect(exitCode).toBe(0)
    expect(stdout).toContain(
      'pushed many, version 1\n  2,500 records: 2,500 inserted, 0 updated, 0 deleted, 0 unchanged\n',
    )
    expect(namesOf(fake)).toEqual([['many', 2_500]])
  })

  test('says which records were not taken, and exits 3', async () => {
    const { fake, dataset } = await setUp()
    const body = { errors: [{ detail: 'no \u001b[31mthree' }] }
    fake.script({ on: ({ text }) => text.includes('"three"'), fault: answer(400, { body }) })
    const { exitCode, stdout, stderr } = await dataset(['push', 'tickets.jsonl', '--name', 'tickets'])
    expect(exitCode).toBe(3)
    expect(stdout).toContain('3 records: 2 inserted, 0 updated, 0 deleted, 0 unchanged\n')
    expect(stderr).toMatch(/^not taken: record "c" of the dataset: .* 400: no \\u001b\[31mthree\n$/)
  })

  test('is ended by a signal', async () => {
    const { fake, project } = await setUp()
    fake.script({ fault: silence() })
    const running = project.start(['dataset', 'push', 'tickets.jsonl', '--name', 'x'], { env: fake.env })
    await fake.until(() => fake.requests.length > 0)
    running.signal('SIGINT')
    const { exitCode, stderr } = await running.ended
    expect([exitCode, stderr]).toEqual([130, 'dataset push: ended by SIGINT\n'])
  })
})

describe('dataset pull', () => {
  /** With the tickets in version 2; version 1 had another record. */
  async function withTickets(options: FakeDatadogOptions = {}): Promise<Setting> {
    const setting = await setUp(options)
    setting.project.write('old.jsonl', '{"id":"z","input":0}\n')
    await setting.dataset(['push', 'old.jsonl', '--name', 'tickets'])
    await setting.dataset(['push', 'tickets.jsonl', '--name', 'tickets'])
    return setting
  }

  test('writes a file that can be pushed again without any change', async () => {
    const { project, dataset } = await withTickets({ pageSize: 1 })
    const { exitCode, stdout, stderr } = await dataset(['pull', 'tickets', '-o', 'new/folder/pulled.jsonl'])
    expect([exitCode, stderr]).toEqual([0, ''])
    expect(stdout).toBe('pulled tickets, version 2: 3 records, to new/folder/pulled.jsonl\n')
    expect(project.read('new/folder/pulled.jsonl')).toBe(PULLED)
    expect(readdirSync(`${project.folder}/new/folder`)).toEqual(['pulled.jsonl'])
    const again = await dataset(['push', 'new/folder/pulled.jsonl', '--name', 'tickets'])
    expect(again.stdout).toContain('nothing to change: tickets, version 2\n')
  })

  test('writes an earlier version, and records with one of some tags', async () => {
    const { dataset } = await withTickets()
    const earlier = await dataset(['pull', 'tickets', '-o', '-', '--version', '1'])
    const tagged = await dataset(['pull', 'tickets', '-o', '-', '--tag', 'lang:de', '--tag', 'lang:fr'])
    expect([earlier.stdout, earlier.stderr]).toEqual([
      '{"id":"z","input":0}\n',
      'pulled tickets, version 1: 1 record\n',
    ])
    expect(tagged.stdout.split('\n').map((line) => line.slice(0, 9))).toEqual(['{"id":"b"', ''])
  })

  test('writes over no file that is there, unless it is told to, and asks nobody', async () => {
    const { fake, project, dataset } = await withTickets()
    const before = fake.requests.length
    const refused = await dataset(['pull', 'tickets', '-o', 'tickets.jsonl'])
    expect(refused.exitCode).toBe(2)
    expect(refused.stderr).toContain('error E_FILE_EXISTS: "tickets.jsonl" is there already, and is not replaced')
    expect([fake.requests.length, project.read('tickets.jsonl')]).toEqual([before, TICKETS])
    const forced = await dataset(['pull', 'tickets', '-o', 'tickets.jsonl', '--force'])
    expect([forced.exitCode, project.read('tickets.jsonl')]).toEqual([0, PULLED])
  })

  test('leaves a file as it is when the dataset cannot be read', async () => {
    const { fake, project, dataset } = await withTickets()
    fake.script({ on: 'list-records', fault: answer(500) })
    const { exitCode, stderr } = await dataset(['pull', 'tickets', '-o', 'tickets.jsonl', '--force'])
    expect(exitCode).toBe(2)
    expect(stderr).toContain('error E_BACKEND_UNREACHABLE: cannot read the records: ')
    expect(project.read('tickets.jsonl')).toBe(TICKETS)
  })

  test('cannot write where there is no folder', async () => {
    const { dataset } = await withTickets()
    const { exitCode, stderr } = await dataset(['pull', 'tickets', '-o', 'tickets.jsonl/inside.jsonl'])
    expect([exitCode, stderr]).toEqual([
      2,
      expect.stringContaining('error E_FILE_WRITE: cannot write "tickets.jsonl/inside.jsonl"'),
    ])
  })

  test('is a good writer to a pipe that ends early', async () => {
    const { fake, project } = await setUp()
    const { id: projectId } = fake.seed.project({ name: 'default-project' })
    const records = Array.from({ length: 20_000 }, (_, n) => ({ id: `r${n}`, input: 'x'.repeat(100) }))
    fake.seed.dataset({ projectId, name: 'many', version: 1, records })
    const { exitCode, stdout, stderr } = await project.shell('llmobs-exp dataset pull many -o - | head -n 2', {
      env: fake.env,
    })
    expect([exitCode, stdout.split('\n').length]).toEqual([0, 3])
    expect(stderr).toBe('pulled many, version 1: 20,000 records\n')
  })

  test('lets nothing of a record act on a terminal', async () => {
    const { fake, dataset } = await setUp()
    const { id: projectId } = fake.seed.project({ name: 'default-project' })
    fake.seed.dataset({ projectId, name: 'odd', version: 1, records: [{ id: '\u001b[2J', input: '\u009b31m\u202e' }] })
    const { stdout } = await dataset(['pull', 'odd', '-o', '-'])
    expect(stdout).toBe('{"id":"\\u001b[2J","input":"\\u009b31m\\u202e"}\n')
  })

  test('waits for a dataset that is not there, and then says which one may have been meant', async () => {
    const { dataset } = await withTickets()
    const { exitCode, stderr } = await dataset(['pull', 'tikets', '-o', '-'])
    expect(exitCode).toBe(2)
    expect(stderr).toBe(`error E_BACKEND_UNKNOWN: project "default-project" has no dataset "tikets" (after 10 s)
  hint: did you mean "tickets"?
`)
  })

  test.each([
    [['tickets'], '--output: expected a path, or - for stdout, got nothing'],
    [['-o', 'x.jsonl'], "missing required argument 'name'"],
    [['tickets', '-o', ''], '--output: expected a path, or - for stdout, got nothing'],
    [['tickets', '-o', 'x.csv'], '--output: expected a file of JSON Lines, got "x.csv"'],
    [['tickets', '-o', '-', '--version', '0'], '--version: expected a whole number from 1 on, got "0"'],
    [['tickets', '-o', '-', '--version', 'one'], '--version: expected a whole number from 1 on, got "one"'],
    [['tickets', '-o', '-', '--tag', 'de'], '--tag: expected key:value, got "de"'],
    [['tickets', '-o', '-', '--vesion', '1'], 'did you mean --version?'],
    [['tickets', '--ouput', 'x.jsonl'], 'did you mean --output?'],
  ])('refuses %j', async (args, message) => {
    const { fake, dataset } = await setUp()
    const { exitCode, stderr } = await dataset(['pull', ...args])
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining(message)])
    expect(fake.requests).toEqual([])
  })
})

describe('dataset list', () => {
  async function withDatasets(): Promise<Setting> {
    const setting = await setUp({ pageSize: 1 })
    const { id: projectId } = setting.fake.seed.project({ name: 'default-project', id: 'p' })
    setting.fake.seed.dataset({
      projectId,
      id: 'd1',
      name: 'tickets',
      version: 3,
      description: 'jsonl ./tickets.jsonl',
      createdAt: 1n,
    })
    setting.fake.seed.dataset({ projectId, id: 'd2', name: 'odd\u001b[31m', description: 'two\nlines', createdAt: 2n })
    return setting
  }

  test('shows the datasets of the project, the newest first', async () => {
    const { fake, dataset } = await withDatasets()
    const { exitCode, stdout } = await dataset(['list'])
    expect(exitCode).toBe(0)
    expect(stdout).toBe(`dataset  version  description
odd            0  two lines
tickets        3  jsonl ./tickets.jsonl

2 datasets in project default-project at 127.0.0.1:${fake.port}
`)
  })

  test('says them as JSON', async () => {
    const { dataset } = await withDatasets()
    const { stdout } = await dataset(['list', '--json'])
    expect(JSON.parse(stdout)).toEqual({
      formatVersion: 1,
      project: 'default-project',
      datasets: [
        { id: 'd2', name: 'odd\u001b[31m', description: 'two\nlines', version: 0 },
        { id: 'd1', name: 'tickets', description: 'jsonl ./tickets.jsonl', version: 3 },
      ],
    })
  })

  test('says that there are none', async () => {
    const { fake, dataset } = await setUp()
    fake.seed.project({ name: 'empty' })
    const { exitCode, stdout } = await dataset(['list', '--project', 'empty'])
    expect([exitCode, stdout]).toEqual([0, expect.stringContaining('no datasets in project empty at ')])
  })

  test('says which project may have been meant', async () => {
    const { dataset } = await withDatasets()
    const { exitCode, stderr } = await dataset(['list', '--project', 'default-projet'])
    expect(exitCode).toBe(2)
    expect(stderr).toBe(`error E_BACKEND_UNKNOWN: Datadog has no project "default-projet"
  hint: did you mean "default-project"?
`)
  })
})

describe('every command for datasets', () => {
  const commands: readonly (readonly string[])[] = [
    ['push', 'tickets.jsonl', '--name', 'x'],
    ['pull', 'x', '-o', '-'],
    ['list'],
  ]

  test.each(commands)('%s without a key names the one that is missing', async (...args) => {
    const { dataset } = await setUp()
    const { exitCode, stderr } = await dataset(args, { DD_APP_KEY: '' })
    expect(exitCode).toBe(2)
    expect(stderr).toContain(
      `error E_BACKEND_SETTINGS: dataset ${args[0]}: expected the keys of Datadog, but DD_APP_KEY is not set`,
    )
  })

  test.each(commands)('%s with a wrong key is refused, and tells no key', async (...args) => {
    const { dataset } = await setUp()
    const { exitCode, stderr } = await dataset(args, { DD_APP_KEY: 'wrong-key-wrong-key' })
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining('error E_BACKEND_REFUSED: ')])
    expect(stderr).not.toContain('wrong-key')
  })

  test.each(commands)('%s without a network says so', async (...args) => {
    const { fake, dataset } = await setUp()
    await fake.stop()
    const { exitCode, stderr } = await dataset(args)
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining('error E_BACKEND_UNREACHABLE: ')])
    expect(stderr).toContain('it refused the connection')
  })

  test('takes keys from .env and the project from the config file', async () => {
    const { fake, project } = await setUp()
    project.write(
      '.env',
      Object.entries(fake.env)
        .map(([name, value]) => `${name}=${value}\n`)
        .join(''),
    )
    project.write('llmobs-exp.config.ts', "export default { project: 'configured' }\n")
    const { stdout } = await project.run(['dataset', 'push', 'tickets.jsonl', '--name', 'x'])
    expect(stdout).toContain('  project configured at ')
  })

  test.each([
    [['dataset', 'psh'], 'did you mean push?'],
    [['datset', 'push'], 'did you mean dataset?'],
    [['dataset'], 'dataset [options] [command]'],
  ])('%j is not one', async (args, message) => {
    const { project } = await setUp()
    const { exitCode, stdout, stderr } = await project.run(args)
    expect([exitCode, stdout]).toEqual([2, ''])
    expect(stderr).toContain(message)
  })
})
