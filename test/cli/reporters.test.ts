import { statSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { cliProject } from '../helpers/cli.ts'
import { jsonReportSchema } from '../helpers/json-report-schema.ts'
import { experiment, numbered, passing } from '../helpers/modules.ts'

const mixed = `${numbered(20)} task: (input) => { if (input === 3) throw new Error('no three'); return input },
  evaluators: { even: ({ output }) => output % 2 === 0, size: ({ output }) => output, kind: () => 'x', all: ({ output }) => ({ output }) },
  summaryEvaluators: { count: ({ outputs }) => outputs.length },`

test('--reporter json prints one document of the published schema and nothing else on stdout', async () => {
  const project = await cliProject({ 'exp.ts': experiment(mixed) })
  const { exitCode, stdout, lastLine } = await project.run(['run', 'exp.ts', '--reporter', 'json', '--runs', '2'])

  const report = jsonReportSchema.parse(JSON.parse(stdout))
  const { id, folder } = project.only()
  expect(exitCode).toBe(1)
  expect(lastLine).toContain('failed: exp')
  expect(report).toMatchObject({
    exitCode: 1,
    experiments: [
      {
        id,
        name: 'exp',
        file: 'exp.ts',
        exitCode: 1,
        log: { folder },
        outcome: { status: 'failed', failures: [{ kind: 'errors', rowsWithErrors: 2, plannedUnits: 40 }] },
      },
    ],
  })
  expect(report.experiments[0]?.runs).toHaveLength(2)
  expect(report.experiments[0]?.runs[0]).toMatchObject({
    iteration: 1,
    rows: { ok: 19, error: 1, pending: 0 },
    evaluators: [
      { label: 'even', type: 'boolean', value: 10 / 19, scored: 19, errored: 0, skipped: 1 },
      { label: 'size', type: 'score', scored: 19 },
      { label: 'kind', type: 'categorical', counts: [{ value: 'x', count: 19 }] },
      { label: 'all', type: 'json', scored: 19 },
    ],
    summaryEvaluators: [{ name: 'count', status: 'ok', type: 'score', value: 20 }],
    errors: [{ evaluator: null, code: 'E_TASK', message: 'no three', count: 1, exampleKey: 'r3' }],
  })
})

test('--reporter json=path writes the document there, beside what people read', async () => {
  const project = await cliProject({ 'exp.ts': experiment(`${numbered(3)} ${passing}`) })
  const { stdout, exitCode } = await project.run([
    'run',
    'exp.ts',
    '--reporter',
    'json=out/report.json',
    '--reporter',
    'plain',
  ])

  expect(exitCode).toBe(0)
  expect(jsonReportSchema.parse(JSON.parse(project.read('out/report.json'))).exitCode).toBe(0)
  expect(stdout).toContain('3 rows: 3 ok')
})

test('--reporter ndjson prints the log as it stands, and show prints it again', async () => {
  const project = await cliProject({ 'exp.ts': experiment(mixed) })
  const { stdout } = await project.run(['run', 'exp.ts', '--reporter', 'ndjson'])
  const replayed = await project.run(['show', 'latest', '--reporter', 'ndjson'])

  const log = project.read(`.llmobs-exp/experiments/${project.only().id}/events.jsonl`)
  expect(stdout).toBe(log)
  expect(replayed.stdout).toBe(log)
})

test('--reporter ndjson prints one experiment after the other', async () => {
  const project = await cliProject({
    'exp.ts': experiment(`${numbered(50)} task: (input) => input, evaluators: {}, variants: { a: {}, b: {}, c: {} },`),
  })
  const { stdout, exitCode } = await project.run(['run', 'exp.ts', '--reporter', 'ndjson'])

  const logs = project.stored().map(({ id }) => project.read(`.llmobs-exp/experiments/${id}/events.jsonl`))
  expect(exitCode).toBe(0)
  expect(stdout).toBe(logs.join(''))
})

test('an experiment that was not started is in the json document, and ndjson says nothing of it', async () => {
  const project = await cliProject({ 'exp.ts': experiment(`dataset: (function* () {})(), ${passing}`) })
  const json = await project.run(['run', 'exp.ts', '--reporter', 'json'])
  const ndjson = await project.run(['run', 'exp.ts', '--reporter', 'ndjson'])

  expect(json.exitCode).toBe(2)
  expect(jsonReportSchema.parse(JSON.parse(json.stdout))).toMatchObject({
    exitCode: 2,
    experiments: [
      { outcome: { status: 'stopped', stopped: { kind: 'not-started', code: 'E_DATASET_EMPTY' } }, runs: [] },
    ],
  })
  expect(project.stored()).toEqual([])
  expect(ndjson.exitCode).toBe(2)
  expect(ndjson.lastLine).toContain('not started: exp')
  expect(ndjson.stderr).not.toContain('E_REPORTER')
})

test('--quiet leaves errors and the last line', async () => {
  const project = await cliProject({
    'exp.ts': experiment(mixed.replace('return input', "console.log('chatter'); return input")),
  })
  const { stdout, stderr, lastLine } = await project.run(['run', 'exp.ts', '--quiet'])

  expect(stdout).toBe('')
  expect(stderr).not.toContain('chatter')
  expect(stderr).not.toMatch(/rows \(|W_/)
  expect(lastLine).toContain('failed: exp: 1 of 20 rows has errors')
})

test('--debug tells of every call that failed as it comes', async () => {
  const project = await cliProject({ 'exp.ts': experiment(mixed) })
  const { stderr } = await project.run(['run', 'exp.ts', '--debug'])

  expect(stderr).toContain('debug [r3, run 1, task] error E_TASK: Error: no three')
})

test('T1: without a terminal there are no control sequences, and few lines for many rows', async () => {
  const project = await cliProject({ 'exp.ts': experiment(`${numbered(10_000)} ${passing}`) })
  const { stdout, stderr, exitCode } = await project.run(['run', 'exp.ts', '--jobs', '100'])

  expect(exitCode).toBe(0)
  expect(stdout + stderr).not.toContain('\u001b')
  expect((stdout + stderr).split('\n').length).toBeLessThan(200)
  expect(stderr).toContain('10,000 of 10,000 rows (100 %)')
})

test('FORCE_COLOR colours without a terminal, and NO_COLOR does not colour', async () => {
  const project = await cliProject({ 'exp.ts': experiment(mixed) })
  const forced = await project.run(['run', 'exp.ts'], { env: { FORCE_COLOR: '1' } })
  const plain = await project.run(['run', 'exp.ts'], { env: { NO_COLOR: '1' } })

  expect(forced.stdout).toContain('\u001b[3')
  expect(plain.stdout + plain.stderr).not.toContain('\u001b')
})

test.each([['plain'], ['ndjson'], ['json']])(
  "T3: | head -1 ends the output, never the run: all rows are kept, and the exit code is the run's own (%s)",
  async (reporter) => {
    const project = await cliProject({ 'exp.ts': experiment(mixed.replace('length: 20', 'length: 1000')) })
    const script = `{ llmobs-exp run exp.ts --runs 3 --reporter ${reporter}; echo $? > code; } | head -1`
    const { stdout, stderr } = await project.shell(script)

    expect(project.read('code')).toBe('1\n')
    expect(stdout.split('\n')).toHaveLength(2)
    expect(stderr).toContain('failed: exp: 3 of 3000 rows have errors')
    expect(stderr).not.toMatch(/EPIPE|E_REPORTER/)
    expect(project.only().rows).toHaveLength(3000)
  },
)

test('T3: a reader of stdout that goes away in the middle ends nothing', async () => {
  const project = await cliProject({ 'exp.ts': experiment(`${numbered(5000)} ${passing}`) })
  const cli = project.start(['run', 'exp.ts', '--reporter', 'ndjson'])
  await cli.prints(/row-finished/, 'stdout')
  cli.closeStdout()
  const { exitCode, lastLine } = await cli.ended

  expect(exitCode).toBe(0)
  expect(lastLine).toContain('passed: exp')
  expect(project.only().rows).toHaveLength(5000)
})

test('T4: a slow reader gets every byte of a large output', async () => {
  const project = await cliProject({
    'exp.ts': experiment(`${numbered(100)} task: () => 'x'.repeat(50_000), evaluators: {},`),
  })
  const script = 'llmobs-exp run exp.ts --reporter ndjson | { sleep 1; cat; } > out.ndjson'
  await project.shell(script)

  const { id } = project.only()
  expect(statSync(join(project.folder, 'out.ndjson')).size).toBeGreaterThan(5_000_000)
  expect(project.read('out.ndjson')).toBe(project.read(`.llmobs-exp/experiments/${id}/events.jsonl`))
})

test.each([
  ['stdin', '<&-'],
  ['stdout', '>&-'],
  ['stderr', '2>&-'],
  ['stdout and stderr', '>&- 2>&-'],
])('T5: closed %s costs nothing', async (_what, redirection) => {
  const project = await cliProject({
    'exp.ts': experiment(
      `${numbered(100)} task: (input) => { console.log(input); console.error(input); return input }, evaluators: {},`,
    ),
  })
  const { exitCode } = await project.shell(`llmobs-exp run exp.ts ${redirection}`)

  expect(exitCode).toBe(0)
  expect(project.only().rows).toHaveLength(100)
})

test('K5: a link in place of a report is refused before anything runs, and what it leads to stays', async () => {
  const project = await cliProject({ 'exp.ts': experiment(`${numbered(3)} ${passing}`), precious: 'precious' })
  symlinkSync('precious', join(project.folder, 'report.json'))
  const { exitCode, stderr } = await project.run(['run', 'exp.ts', '--reporter', 'json=report.json'])

  expect(exitCode).toBe(2)
  expect(stderr).toContain('symbolic link')
  expect([project.read('precious'), project.stored()]).toEqual(['precious', []])
})

test('a report that cannot be written is said before anything runs', async () => {
  const project = await cliProject({ 'exp.ts': experiment(`${numbered(3)} ${passing}`), file: 'x' })
  const { exitCode, stderr } = await project.run(['run', 'exp.ts', '--reporter', 'json=file/report.json'])

  expect(exitCode).toBe(2)
  expect(stderr).toContain('file/report.json')
  expect(project.stored()).toEqual([])
})

test("the user's console goes to stderr and leaves stdout to the reporter", async () => {
  const project = await cliProject({
    'exp.ts': experiment(
      `${numbered(3)} task: (input) => { console.log('out', input); console.error('err', input); process.stdout.write('raw'); return input }, evaluators: {},`,
    ),
  })
  const { stdout, stderr } = await project.run(['run', 'exp.ts', '--reporter', 'json'])

  JSON.parse(stdout)
  for (const text of ['out 0', 'err 2', 'raw']) expect(stderr).toContain(text)
})
