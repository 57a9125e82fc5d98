import { readdirSync, readFileSync, statSync, truncateSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { cliProject } from '../helpers/cli.ts'
import { experiment, numbered, passing } from '../helpers/modules.ts'
import { readLog } from '../helpers/stored.ts'

const failing = `${numbered(10)} task: (input) => { if (input === 4) throw new Error('no four'); return input },
  evaluators: { small: ({ output }) => output < 8 },`

test.each([
  'a file in place of the store',
  'a file in place of a folder above it',
  'a file in place of its experiments',
])('K2: %s exits 5 before any task', async (what) => {
  const project = await cliProject({
    'exp.ts': experiment(
      `${numbered(3)} task: (input) => { appendFileSync('calls', 'x\\n'); return input }, evaluators: {},`,
      "import { appendFileSync } from 'node:fs'",
    ),
  })
  const blocked = {
    'a file in place of the store': 'store',
    'a file in place of a folder above it': '',
    'a file in place of its experiments': 'store/experiments',
  }[what]
  project.write(blocked === '' ? 'above' : (blocked ?? ''), 'in the way')
  const { exitCode, stderr } = await project.run(['run', 'exp.ts', '--store', blocked === '' ? 'above/store' : 'store'])

  expect(exitCode).toBe(5)
  expect(stderr).toContain('E_STORE_WRITE')
  expect(stderr).toContain('--store <dir>')
  expect(project.exists('calls')).toBe(false)
})

test('the manifest says what a backend will be told: project, what is checked out, how many records there are', async () => {
  const project = await cliProject({
    'exp.ts': experiment(`${numbered(5)} ${passing} project: 'written',`),
    '.git/HEAD': 'ref: refs/heads/main\n',
    '.git/refs/heads/main': `${'0123456789'.repeat(4)}\n`,
    '.git/config': '[remote "origin"]\n\turl = https://secret@example.com/a/b.git\n',
  })
  await project.run(['run', 'exp.ts', '-n2'], { env: { DD_LLMOBS_PROJECT_NAME: 'shared' } })
  const { manifest, folder } = project.only()

  expect(manifest.options).toMatchObject({ project: 'written', sampleSize: 2, plannedRecords: 2, datasetRecords: 5 })
  expect(JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8')).git).toEqual({
    commit: '0123456789'.repeat(4),
    repository: 'https://example.com/a/b.git',
  })
})

test('K2: a store that is deleted in the middle of the run exits 5 or keeps everything', async () => {
  const project = await cliProject({
    'exp.ts': experiment(
      `${numbered(100)} task: (input) => { if (input === 50) rmSync('store', { recursive: true }); return input }, evaluators: {},`,
      "import { rmSync } from 'node:fs'",
    ),
  })
  const { exitCode, lastLine } = await project.run(['run', 'exp.ts', '--store', 'store', '--jobs', '1'])

  expect(exitCode).toBe(5)
  expect(lastLine).toContain('the local store failed: exp')
})

test('K4: only the owner may read the store, and git ignores it', async () => {
  const project = await cliProject({ 'exp.ts': experiment(`${numbered(3)} ${passing}`) })
  await project.shell('umask 000; llmobs-exp run exp.ts')

  const store = join(project.folder, '.llmobs-exp')
  const paths = [store, ...readdirSync(store, { recursive: true, encoding: 'utf8' }).map((path) => join(store, path))]
  const open = paths.filter((path) => {
    const stats = statSync(path)
    return (stats.mode & 0o777) !== (stats.isDirectory() ? 0o700 : 0o600)
  })
  expect(paths).toContain(join(project.only().folder, 'events.jsonl'))
  expect(open).toEqual([])
  expect(project.read('.llmobs-exp/.gitignore')).toBe('*\n')
})

test('the store stands beside the nearest package.json, or where --store says', async () => {
  const project = await cliProject({ 'sub/exp.ts': experiment(`${numbered(3)} ${passing}`) })
  await project.shell('cd sub && llmobs-exp run exp.ts')
  await project.run(['run', 'sub/exp.ts', '--store', 'elsewhere'])
  const listed = await project.run(['list', '--store', 'elsewhere'])

  expect(project.stored()).toHaveLength(1)
  expect(project.stored('elsewhere')).toHaveLength(1)
  expect(listed.stdout).toContain(project.stored('elsewhere')[0]?.id)
})

test('C5: experiments that run at the same time in one store do not touch one another', async () => {
  const project = await cliProject({ 'exp.ts': experiment(`${numbered(200)} ${passing}`) })
  const results = await Promise.all(Array.from({ length: 6 }, () => project.run(['run', 'exp.ts', '--runs', '1'])))

  expect(results.map(({ exitCode }) => exitCode)).toEqual(Array(6).fill(0))
  expect(project.stored().map(({ rows }) => rows.length)).toEqual(Array(6).fill(200))
})

test('list shows the experiments, newest first, with their outcome and rows', async () => {
  const project = await cliProject({
    'a.ts': experiment(`${numbered(3)} ${passing}`, '', 'first'),
    'b.ts': experiment(failing, '', 'second'),
  })
  const empty = await project.run(['list'])
  await project.run(['run', 'a.ts'])
  await project.run(['run', 'b.ts'])
  const { stdout, stderr, exitCode } = await project.run(['list'])

  const [first, second] = project.stored().map(({ id }) => id)
  expect(empty.stdout).toContain('no experiments')
  expect([exitCode, stderr]).toEqual([0, ''])
  expect(stdout.split('\n').slice(1)).toEqual([
    expect.stringMatching(new RegExp(`^${second} +failed +10 +[\\d.]+ KB +second$`)),
    expect.stringMatching(new RegExp(`^${first} +passed +3 +[\\d.]+ KB +first$`)),
    '',
    expect.stringMatching(/^2 experiments, [\d.]+ KB in .*\.llmobs-exp$/),
    '',
  ])
})

test('show prints what the run printed, by latest, latest:<name>, a prefix, an id or a path', async () => {
  const project = await cliProject({
    'a.ts': experiment(failing, '', 'first'),
    'b.ts': experiment(`${numbered(3)} ${passing}`, '', 'second'),
  })
  const ran = await project.run(['run', 'a.ts'])
  await project.run(['run', 'b.ts'])
  const [first, second] = project.stored()
  const show = async (wanted: string): Promise<string> => (await project.run(['show', wanted])).stdout

  expect(await show(first?.id ?? '')).toBe(ran.stdout)
  expect(await show('latest:first')).toBe(ran.stdout)
  expect(await show(first?.folder ?? '')).toBe(ran.stdout)
  expect(await show(first?.id.slice(0, 21) ?? '')).toBe(ran.stdout)
  expect(await show('latest')).toContain(second?.id)
})

test('of experiments that ran right after one another, latest is the last', async () => {
  const project = await cliProject({ 'exp.ts': experiment(`${numbered(1)} ${passing}`) })
  const printed: string[] = []
  for (const _ of [1, 2, 3, 4, 5]) printed.push((await project.run(['run', 'exp.ts', '--quiet'])).lastLine)

  const ids = printed.map((line) => line.split(' ').at(-1))
  expect(project.stored().map(({ id }) => id)).toEqual(ids)
})

test('show --rows failing prints every row that failed or did not pass, with input, expected, output and reason', async () => {
  const project = await cliProject({ 'exp.ts': experiment(failing) })
  await project.run(['run', 'exp.ts'])
  const rows = await project.run(['show', 'latest', '--rows', 'failing'])
  const all = await project.run(['show', 'latest', '--rows', 'all'])

  expect(rows.exitCode).toBe(0)
  expect(
    rows.stdout
      .match(/^\s*r\d+ /gm)
      ?.map((key) => key.trim())
      .sort(),
  ).toEqual(['r4', 'r8', 'r9'])
  expect(rows.stdout).toContain('no four')
  expect(all.stdout.match(/^\s*r\d+ /gm)).toHaveLength(10)
})

test('what show does not find, and a bad --rows, exit 2', async () => {
  const project = await cliProject({ 'exp.ts': experiment(failing) })
  const none = await project.run(['show', 'latest'])
  await project.run(['run', 'exp.ts'])
  const unknown = await project.run(['show', 'latest:other'])
  const bad = await project.run(['show', 'latest', '--rows', 'odd'])

  expect([none, unknown, bad].map(({ exitCode }) => exitCode)).toEqual([2, 2, 2])
  expect(none.stderr).toContain('has no experiments')
  expect(unknown.stderr).toContain('"other"')
})

test('K3: a damaged line in the middle of a log is told, and the rest is shown', async () => {
  const project = await cliProject({ 'exp.ts': experiment(failing) })
  await project.run(['run', 'exp.ts'])
  const path = join('.llmobs-exp', 'experiments', project.only().id, 'events.jsonl')
  const text = project.read(path)
  const at = text.indexOf('"row-finished","key":"r5"')
  project.write(path, `${text.slice(0, at)}#${text.slice(at + 1)}`)
  const { exitCode, stdout, stderr } = await project.run(['show', 'latest'])

  expect(exitCode).toBe(0)
  expect(stderr).toContain('one line of the log cannot be read')
  expect(stdout).toMatch(/10 rows: 8 ok, .*1 pending/)
})

test('K3: a store of a newer version is refused with exit 5', async () => {
  const project = await cliProject({ 'exp.ts': experiment(failing) })
  await project.run(['run', 'exp.ts'])
  const path = join('.llmobs-exp', 'experiments', project.only().id, 'manifest.json')
  project.write(path, project.read(path).replace('"v": 1', '"v": 2'))
  const shown = await project.run(['show', 'latest'])
  const listed = await project.run(['list'])

  expect(shown.exitCode).toBe(5)
  expect(shown.stderr).toContain('update llmobs-exp')
  expect([listed.exitCode, listed.stdout]).toEqual([0, expect.stringContaining('newer')])
})

test('a torn last line is told, and what stands before it is shown', async () => {
  const project = await cliProject({ 'exp.ts': experiment(failing) })
  await project.run(['run', 'exp.ts'])
  const path = join(project.only().folder, 'events.jsonl')
  truncateSync(path, statSync(path).size - 20)
  const { exitCode, stdout, stderr } = await project.run(['show', 'latest'])

  expect(exitCode).toBe(0)
  expect(stderr).toContain('the last line of the log was cut off')
  expect(stdout).toContain('10 rows: 9 ok, 1 error')
})

test('kill -9 in the middle of 100,000 records loses no row that was reported, and show reads the log', async () => {
  const project = await cliProject({ 'exp.ts': experiment(`${numbered(100_000)} ${passing}`) })
  const cli = project.start(['run', 'exp.ts', '--jobs', '20', '--reporter', 'ndjson'])
  let reported = 0
  const path = (): string | undefined => project.logFile()
  await cli.until(() => {
    const file = path()
    reported = file === undefined ? 0 : statSync(join(project.folder, file)).size
    return reported > 5_000_000
  })
  cli.signal('SIGKILL')
  const { exitCode, stdout } = await cli.ended
  const { events } = readLog(join(project.folder, path() ?? ''))
  const kept = new Set(events.filter(({ type }) => type === 'row-finished').map(({ key }) => key))
  const told = [...stdout.matchAll(/"type":"row-finished","key":"(r\d+)"/g)].map(([, key]) => key)

  expect(exitCode).toBe(null)
  expect(told.length).toBeGreaterThan(1_000)
  expect(told.filter((key) => !kept.has(key))).toEqual([])
  expect(kept.size).toBeLessThan(100_000)

  const shown = await project.run(['show', 'latest'])
  const listed = await project.run(['list'])
  expect(shown.exitCode).toBe(0)
  expect(shown.stdout).toContain(`${kept.size.toLocaleString('en')} ok`)
  expect(listed.stdout).toMatch(/unfinished/)
})
