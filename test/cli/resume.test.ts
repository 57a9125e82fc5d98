import { existsSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { expect, test } from 'vitest'
import { type CliProject, cliProject } from '../helpers/cli.ts'
import { experiment, numbered } from '../helpers/modules.ts'

const imports = "import { appendFileSync, existsSync } from 'node:fs'"

/** The first ten records are done at once; the others wait until they are let go. */
const heldTask = `task: async (input, { signal }) => {
  appendFileSync('calls', input + '\\n')
  if (input >= 10 && !existsSync('go')) {
    console.error('waiting')
    await new Promise((resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
  }
  return input
},
evaluators: { same: ({ output, input }) => output === input },`

/** An experiment that was killed with ten rows done and three tasks under way. */
async function killed(count = 30, more = ''): Promise<CliProject> {
  const project = await cliProject({ 'exp.ts': experiment(`${numbered(count)} ${heldTask} ${more}`, imports) })
  const cli = project.start(['run', 'exp.ts', '--jobs', '3'])
  await cli.prints(/(waiting[\s\S]*){3}/)
  cli.signal('SIGKILL')
  await cli.ended
  project.write('go', '')
  return project
}

test('resume finishes what kill -9 has ended: it runs what is missing, and says what all of it came to', async () => {
  const project = await killed()
  const { exitCode, stdout, stderr, lastLine } = await project.run(['resume', 'latest'])

  const { id, rows, manifest, isLocked } = project.only()
  expect([exitCode, rows.length, isLocked]).toEqual([0, 30, false])
  expect(project.lines('calls')).toHaveLength(33)
  expect(stderr).toContain('exp: 30 rows, 10 of them done, 3 jobs')
  expect(stdout).toContain('30 rows: 30 ok')
  expect(lastLine).toBe(`passed: exp; look at it: llmobs-exp show ${id}`)
  expect(manifest.state).toMatchObject({ status: 'finished', rows: { ok: 30, pending: 0 } })
  expect((await project.run(['list'])).stdout).toMatch(new RegExp(`${id} +passed +30 `))
})

test('with nothing left resume says so, loads no module, and ends as the experiment did', async () => {
  const project = await cliProject({
    'exp.ts': experiment(
      `${numbered(5)} task: (input) => { if (input === 2) throw new Error('no two') }, evaluators: {},`,
    ),
  })
  const ran = await project.run(['run', 'exp.ts'])
  project.write('exp.ts', 'throw new Error("loaded")')
  const resumed = await project.run(['resume', 'latest'])

  expect([ran.exitCode, resumed.exitCode]).toEqual([1, 1])
  expect(resumed.stderr).toContain('exp: nothing is left to run')
  expect(resumed.stdout).toBe(ran.stdout)
  expect(resumed.lastLine).toBe(ran.lastLine)
})

test('an experiment is resumed by its id, the beginning of it, latest:<name> or its path', async () => {
  for (const name of ['id', 'prefix', 'latest:exp', 'path']) {
    const project = await killed(13)
    const { id, folder } = project.only()
    const wanted = { id, prefix: id.slice(0, 20), path: folder }[name] ?? name
    const { exitCode } = await project.run(['resume', wanted])
    expect([name, exitCode, project.only().rows.length]).toEqual([name, 0, 13])
  }
})

test('P1: the last line of an interrupted run is what finishes it, and cancelled rows are run', async () => {
  const project = await cliProject({ 'exp.ts': experiment(`${numbered(20)} ${heldTask}`, imports) })
  const cli = project.start(['run', 'exp.ts', '--jobs', '4'])
  await cli.prints(/(waiting[\s\S]*){4}/)
  cli.signal('SIGINT')
  const { lastLine } = await cli.ended
  const [, command = ''] = /; run the rest: (llmobs-exp resume \S+)$/.exec(lastLine) ?? []
  project.write('go', '')
  const { exitCode } = await project.shell(command)

  expect(exitCode).toBe(0)
  expect(project.only().rows.map(({ status }) => status)).toEqual(Array(20).fill('ok'))
  expect(project.lines('calls')).toHaveLength(24)
})

test('a signal before any task of the resume leaves everything as it was, and exits as the interruption it is', async () => {
  const project = await killed()
  rmSync(join(project.folder, 'go'))
  const cli = project.start(['resume', 'latest'])
  await cli.prints(/(waiting[\s\S]*){3}/)
  cli.signal('SIGTERM')
  const { exitCode, lastLine } = await cli.ended
  expect(exitCode).toBe(143)
  expect(lastLine).toContain('llmobs-exp resume ')
  project.write('go', '')
  expect((await project.run(['resume', 'latest'])).exitCode).toBe(0)
})

test('a group of one command is resumed as a whole: those that never started too, and what is complete counts', async () => {
  const project = await cliProject({
    'a.ts': experiment(`${numbered(4)} task: (input) => input, evaluators: {},`, '', 'first'),
    'b.ts': experiment(`${numbered(14)} ${heldTask}`, imports, 'second'),
    'c.ts': experiment(
      `${numbered(3)} task: (input) => { if (input === 1) throw new Error('no') }, evaluators: {},`,
      '',
      'third',
    ),
  })
  const cli = project.start(['run', 'a.ts', 'b.ts', 'c.ts', '--jobs', '2'])
  await cli.prints(/(waiting[\s\S]*){2}/)
  cli.signal('SIGKILL')
  await cli.ended
  project.write('go', '')
  const { exitCode, stderr, lastLine } = await project.run(['resume', project.stored()[1]?.id ?? ''])

  expect(exitCode).toBe(1)
  expect(stderr).toContain('first: nothing is left to run')
  expect(lastLine).toMatch(/^failed: third: .* \(1 of 3 experiments\)/)
  expect(project.stored().map(({ manifest }) => manifest.state.outcome?.status)).toEqual(['passed', 'passed', 'failed'])
  expect(project.stored().map(({ rows }) => rows.length)).toEqual([4, 14, 3])
  // Of another command.
  await project.run(['run', 'a.ts'])
  expect((await project.run(['resume', 'latest'])).exitCode).toBe(0)
})

test('--only resumes a part of a group', async () => {
  const project = await cliProject({
    'a.ts': experiment(`${numbered(12)} ${heldTask}`, imports, 'first'),
    'b.ts': experiment(`${numbered(3)} task: (input) => input, evaluators: {},`, '', 'second'),
  })
  const cli = project.start(['run', 'a.ts', 'b.ts'])
  await cli.prints(/waiting/)
  cli.signal('SIGINT')
  await cli.ended
  const { exitCode } = await project.run(['resume', 'latest', '--only', 'second'])
  expect([
    exitCode,
    ...project.stored().map(({ rows }) => rows.filter(({ status }) => status === 'ok').length),
  ]).toEqual([0, 10, 3])
})

test.each([
  ['U9', 'process.exit in a task', 'process.exit(0)'],
  ['U11', 'a rejection that nobody handles', "void Promise.reject(new Error('floating')); await new Promise(() => {})"],
  [
    'U12',
    'an error that nobody catches',
    "setTimeout(() => { throw new Error('nobody') }); await new Promise(() => {})",
  ],
  ['U14', 'memory that runs out', 'const all = []; for (;;) all.push(new Array(1e6).fill(input))'],
])('%s: %s is resumed once the module is mended, which is warned of', async (_number, _what, code) => {
  const members = (body: string): string => `${numbered(20)}
    task: async (input) => { appendFileSync('calls', input + '\\n'); if (input === 12) { ${body} } return input },
    evaluators: { same: ({ output, input }) => output === input },`
  const project = await cliProject({ 'exp.ts': experiment(members(code), imports) })
  const broken = await project.run(['run', 'exp.ts', '--jobs', '2'], {
    env: { NODE_OPTIONS: '--max-old-space-size=64' },
  })
  project.write('exp.ts', experiment(members(''), imports))
  const mended = await project.run(['resume', 'latest'])

  expect(broken.exitCode).toBe(4)
  expect(broken.lastLine).toContain('run the rest: llmobs-exp resume ')
  expect(mended.exitCode).toBe(0)
  expect(mended.stderr).toContain('W_MODULE_CHANGED')
  expect(project.only().rows).toHaveLength(20)
  expect(project.lines('calls').length).toBeLessThanOrEqual(20 + 2)
})

test('--retry-errors runs failed rows again, a failed evaluator without its task, and resumes nothing else', async () => {
  const members = `${numbered(10)}
    task: (input) => { appendFileSync('calls', input + '\\n'); if (input === 3 && !existsSync('go')) throw new Error('busy'); return input },
    evaluators: { judge: ({ input }) => { if (input === 5 && !existsSync('go')) throw new Error('busy'); return true } },`
  const project = await cliProject({ 'exp.ts': experiment(members, imports) })
  const ran = await project.run(['run', 'exp.ts'])
  project.write('go', '')
  const resumed = await project.run(['resume', 'latest', '--retry-errors'])

  expect([ran.exitCode, resumed.exitCode]).toEqual([1, 0])
  expect(project.lines('calls')).toEqual([...'0123456789', '3'])
  expect(resumed.stdout).toContain('10 rows: 10 ok')
  expect((await project.run(['show', 'latest'])).stdout).toBe(resumed.stdout)
})

test('a changed dataset or config is refused with what, where, expected and got, before any task', async () => {
  const project = await cliProject({
    'data.jsonl': '{"id":"a","input":1}\n{"id":"b","input":2}\n{"id":"c","input":3}\n',
    'exp.ts': experiment(
      `dataset: jsonl('./data.jsonl'), config: { model: 'small' },
      task: (input) => { appendFileSync('calls', input + '\\n'); if (input === 3) process.exit(0); return input }, evaluators: {},`,
      `${imports}; import { jsonl } from 'llmobs-exp'`,
    ),
  })
  await project.run(['run', 'exp.ts', '--jobs', '1'])
  const calls = project.lines('calls').length
  project.write('data.jsonl', '{"id":"a","input":1}\n{"id":"b","input":20}\n{"id":"d","input":4}\n')
  const { exitCode, stderr } = await project.run(['resume', 'latest'])
  expect(exitCode).toBe(2)
  expect(stderr).toContain(
    'error E_RESUME_CHANGED: exp: jsonl ./data.jsonl: expected the records that it was begun with',
  )
  expect(stderr).toContain('1 changed ("b")')
  expect(stderr).toContain('hint: --allow-changed')
  expect(project.lines('calls')).toHaveLength(calls)

  project.write('exp.ts', project.read('exp.ts').replace("'small'", "'large'"))
  const config = await project.run(['resume', 'latest'])
  expect([config.exitCode, config.stderr]).toEqual([
    2,
    expect.stringContaining('"model": expected "small", got "large"'),
  ])
  const allowed = await project.run(['resume', 'latest', '--allow-changed'])
  expect(allowed.exitCode).toBe(0)
  expect(allowed.stderr).toContain('W_CHANGE_ALLOWED')
  expect(
    project
      .only()
      .rows.map(({ key }) => key)
      .sort(),
  ).toEqual(['a', 'b', 'c', 'd'])
})

test('options of the run are kept, and how it is run may be given anew', async () => {
  const project = await cliProject({
    'exp.ts': experiment(`${numbered(40)} ${heldTask} config: { model: 'a' },`, imports),
  })
  const cli = project.start([
    'run',
    'exp.ts',
    '-n',
    '15',
    '-r',
    '2',
    '--config',
    'model=b',
    '--tag',
    'team:x',
    '--jobs',
    '2',
  ])
  await cli.prints(/(waiting[\s\S]*){2}/)
  cli.signal('SIGKILL')
  await cli.ended
  project.write('go', '')
  const { exitCode } = await project.run(['resume', 'latest', '--jobs', '5', '--threads', '2'], {
    env: { LLMOBS_EXP_RUNS: '7' },
  })

  const { rows, manifest, events } = project.only()
  expect([exitCode, rows.length]).toEqual([0, 30])
  expect(manifest.definition).toMatchObject({ config: '{"model":"b"}', tags: { team: 'x' } })
  expect(manifest.options).toMatchObject({ runs: 2, sampleSize: 15, jobs: 5, threads: 2 })
  expect(events.find(({ type }) => type === 'resumed')).toMatchObject({ jobs: 5, plannedRecords: 15 })
})

test('C6: while one process resumes an experiment, a second one is refused', async () => {
  const project = await killed()
  rmSync(join(project.folder, 'go'))
  const first = project.start(['resume', 'latest'])
  await first.prints(/(waiting[\s\S]*){3}/)
  const { exitCode, stderr } = await project.run(['resume', 'latest'])
  expect(exitCode).toBe(2)
  expect(stderr).toContain(`error E_STORE_LOCKED: ${project.only().id} is still being run: by process ${first.pid}`)
  project.write('go', '')
  first.signal('SIGINT')
  await first.ended
})

test.each([
  ['a process that is gone', { pid: 2 ** 22 + 1, host: 'here' }, 0],
  ['an earlier process of the same number', { pid: 'own', host: 'here', started: 1 }, 0],
  ['a process that is still there', { pid: 'own', host: 'here' }, 2],
  ['a process on another machine', { pid: 1, host: 'elsewhere' }, 2],
] as const)('C6: a lock of %s', async (_whose, { pid, host, ...rest }, code) => {
  const project = await killed(13)
  const { hostname } = await import('node:os')
  const owner = { pid: pid === 'own' ? process.pid : pid, host: host === 'here' ? hostname() : host, ...rest }
  writeFileSync(join(project.only().folder, 'lock'), JSON.stringify(owner))
  const { exitCode, stderr } = await project.run(['resume', 'latest'])
  expect(exitCode).toBe(code)
  if (code === 2) expect(stderr).toContain('E_STORE_LOCKED')
  if (owner.host === 'elsewhere') {
    expect(stderr).toContain('--unlock')
    expect((await project.run(['resume', 'latest', '--unlock'])).exitCode).toBe(0)
  }
})

test('a lock that a power failure has emptied is taken over when it is old', async () => {
  const project = await killed(13)
  const lock = join(project.only().folder, 'lock')
  writeFileSync(lock, '')
  expect((await project.run(['resume', 'latest'])).exitCode).toBe(2)
  utimesSync(lock, 1, 1)
  expect((await project.run(['resume', 'latest'])).exitCode).toBe(0)
  expect(existsSync(lock)).toBe(false)
})

test('a store that was taken to another machine is resumed in the folder of the project', async () => {
  const project = await killed(13)
  const manifestFile = join(project.only().folder, 'manifest.json')
  const manifest = JSON.parse(readFileSync(manifestFile, 'utf8'))
  writeFileSync(manifestFile, JSON.stringify({ ...manifest, currentFolder: '/home/runner/elsewhere' }))
  expect((await project.run(['resume', 'latest'])).exitCode).toBe(0)
  expect(project.only().rows).toHaveLength(13)
})

test('an experiment whose module or export is gone is refused', async () => {
  const project = await killed(13)
  const module = project.read('exp.ts')
  project.write('exp.ts', module.replace('export default', 'export const other ='))
  const renamed = await project.run(['resume', 'latest'])
  rmSync(join(project.folder, 'exp.ts'))
  const gone = await project.run(['resume', 'latest'])
  expect([renamed.exitCode, renamed.stderr]).toEqual([
    2,
    expect.stringContaining('E_RESUME_CHANGED: exp: expected export "default"'),
  ])
  expect([gone.exitCode, gone.stderr]).toEqual([2, expect.stringContaining('E_FILE_NOT_FOUND')])
})

test('where no experiment is in the store there is nothing to resume', async () => {
  const project = await cliProject({ 'exp.ts': experiment(`${numbered(3)} ${heldTask}`, imports) })
  const { exitCode, stderr } = await project.run(['resume', 'latest'])
  expect(exitCode).toBe(2)
  expect(stderr).toContain('E_STORE_UNKNOWN')
})
