import { expect, test } from 'vitest'
import { cliProject } from '../helpers/cli.ts'
import { experiment, numbered, passing } from '../helpers/modules.ts'

/** Passes 6 of 10 rows, and fails the task of one. */
const mixed = `${numbered(10)}
  task: (input) => { if (input === 9) throw new Error('no'); return input },
  evaluators: { small: ({ input }) => input < 6, size: ({ input }) => input * 100 },`

const quiet = ['--max-errors', '1', '--reporter', 'json=out.json']

test.each<[string, string[], number, string]>([
  ['a pass rate', ['--fail-under', 'small=60%'], 0, 'passed: exp'],
  ['a pass rate', ['--fail-under', 'small=0.7'], 1, 'small: wanted at least 0.7, got 0.6667 (95 % interval'],
  ['a quantile', ['--fail-over', 'size.p95=760'], 0, 'passed: exp'],
  [
    'a quantile',
    ['--fail-over', 'size.p95=759'],
    1,
    'size.p95: wanted at most 759, got 760 (9 scored, 0 errored, 1 skipped)',
  ],
  [
    'an extreme',
    ['--fail-under', 'size.min=1'],
    1,
    'size.min: wanted at least 1, got 0 (9 scored, 0 errored, 1 skipped)',
  ],
  ['the error rate', ['--fail-over', 'error-rate=10%'], 0, 'passed: exp'],
  ['the error rate', ['--fail-over', 'error-rate=0.05'], 1, 'error-rate: wanted at most 0.05, got 0.1 (1 of 10 rows)'],
  ['latency', ['--fail-over', 'latency.p95=10m'], 0, 'passed: exp'],
  ['a label that never came', ['--fail-under', 'small-x=0'], 1, 'small-x: wanted at least 0, got no value'],
])('a condition of the command line on %s: %j exits %d', async (_what, flags, code, line) => {
  const project = await cliProject({ 'exp.ts': experiment(mixed) })
  const { exitCode, lastLine } = await project.run(['run', 'exp.ts', ...quiet, ...flags])

  expect(lastLine).toContain(line)
  expect(exitCode).toBe(code)
})

test.each<[string[], string]>([
  [
    ['--fail-under', 'smal=0.9'],
    '--fail-under: expected the name of an evaluator, a summary evaluator or a number of rows, got "smal"',
  ],
  [
    ['--fail-under', 'error-rate=0.1'],
    '--fail-under error-rate: expected --fail-over for error-rate, of which less is better',
  ],
  [['--fail-over', 'error-rate=5'], '--fail-over error-rate: expected a share from 0 to 1, or a percentage, got 5'],
  [['--fail-over', 'latency.p95=2'], '--fail-over latency.p95: expected a duration such as 500ms or 2s, got 2'],
  [['--fail-over', 'size=2s'], '--fail-over size: expected a number or a percentage, got 2000ms'],
  [['--fail-under', 'small'], '--fail-under: expected name=value'],
  [['--fail-under', 'size=5', '--fail-over', 'size=4'], '--fail-over size: expected a value that exp can have'],
])('%j exits 2 before any task', async (flags, message) => {
  const project = await cliProject({ 'exp.ts': experiment(mixed) })
  const { exitCode, stderr } = await project.run(['run', 'exp.ts', ...flags])

  expect(stderr).toContain(message)
  expect(exitCode).toBe(2)
  expect(project.stored()).toEqual([])
})

test('a misspelt name gets a suggestion, and one that another experiment of the command has is none', async () => {
  const other = experiment(`${numbered(2)} ${passing}`).replace("'exp'", "'other'")
  const project = await cliProject({ 'exp.ts': experiment(mixed), 'other.ts': other })
  const misspelt = await project.run(['run', 'exp.ts', 'other.ts', '--fail-over', 'eror-rate=1%'])
  const found = await project.run(['run', 'exp.ts', 'other.ts', ...quiet, '--fail-under', 'small=0.7'])

  expect(misspelt.stderr).toContain('did you mean "error-rate"?')
  expect(misspelt.exitCode).toBe(2)
  expect(found.lastLine).toContain('failed: exp: small')
  expect(found.lastLine).toContain('(1 of 2 experiments)')
})

test('of the definition and the command line the stricter one decides', async () => {
  const project = await cliProject({ 'exp.ts': experiment(`${mixed} thresholds: { small: 0.65 },`) })
  const codes = []
  for (const value of ['0.5', '0.68']) {
    codes.push((await project.run(['run', 'exp.ts', ...quiet, '--fail-under', `small=${value}`])).exitCode)
  }

  expect(codes).toEqual([0, 1])
  expect(project.stored().map(({ manifest }) => manifest.definition.thresholds)).toEqual(
    expect.arrayContaining([{ small: { min: 0.65 } }, { small: { min: 0.68 } }]),
  )
})

test('conditions come from the environment and the config file too', async () => {
  const project = await cliProject({
    'exp.ts': experiment(mixed),
    'llmobs-exp.config.ts': `export default { failOver: { 'size.max': 700, 'latency.p95': '10m' } }`,
  })
  const env = { LLMOBS_EXP_FAIL_UNDER: 'small=60%, size=900' }
  const { lastLine } = await project.run(['run', 'exp.ts', ...quiet], { env })
  const { outcome } = JSON.parse(project.read('out.json')).experiments[0]

  expect(lastLine).toContain('(and 1 more)')
  expect(outcome.failures).toMatchObject([
    { name: 'size', min: 900, value: 400, n: 9 },
    { name: 'size.max', max: 700, value: 800, n: 9, coverage: { scored: 9, errored: 0, skipped: 1 } },
  ])
})

test('thresholds that are met can be seen, in the terminal and in JSON', async () => {
  const project = await cliProject({ 'exp.ts': experiment(`${numbered(4)} ${passing} thresholds: { same: 1 },`) })
  const { stdout } = await project.run(['run', 'exp.ts', '--reporter', 'plain', '--reporter', 'json=out.json'])

  expect(stdout.replace(/\s+/g, ' ')).toContain('threshold met: same at least 1, got 1 (95 % interval')
  expect(JSON.parse(project.read('out.json')).experiments[0].thresholds).toMatchObject([
    { name: 'same', status: 'met', min: 1, max: null, value: 1, n: 4, coverage: { scored: 4, errored: 0, skipped: 0 } },
  ])
})

test('--exit-zero makes a failed verdict 0, and says so', async () => {
  const project = await cliProject({ 'exp.ts': experiment(mixed) })
  const flags = ['run', 'exp.ts', '--fail-under', 'small=0.9', '--exit-zero', '--reporter', 'json=out.json']
  const { exitCode, lastLine } = await project.run(flags)

  expect(exitCode).toBe(0)
  expect(lastLine).toMatch(/^failed: exp: .*; the exit code is 0 all the same: --exit-zero; look at the rows: /)
  expect(JSON.parse(project.read('out.json'))).toMatchObject({
    exitCode: 0,
    exitZero: true,
    experiments: [{ exitCode: 1, outcome: { status: 'failed' } }],
  })
  expect(project.only().manifest.state).toMatchObject({ outcome: { status: 'failed', exitCode: 1 } })
})

test('--exit-zero says nothing of what passed, and leaves other codes as they are', async () => {
  const project = await cliProject({
    'passing.ts': experiment(`${numbered(2)} ${passing}`),
    'ends.ts': experiment(`${numbered(2)} task: () => process.exit(0),`),
    'exp.ts': experiment(mixed),
  })
  const passed = await project.run(['run', 'passing.ts', '--exit-zero'])
  const ended = await project.run(['run', 'ends.ts', '--exit-zero'])
  const raised = await project.run(['run', 'exp.ts', '--exit-zero', '--raise-errors'])
  const misspelt = await project.run(['run', 'exp.ts', '--exit-zero', '--fail-under', 'x=1'])

  expect(passed.lastLine).not.toContain('exit-zero')
  expect([passed, ended, raised, misspelt].map(({ exitCode }) => exitCode)).toEqual([0, 4, 1, 2])
})

test('resume holds what the run was held to', async () => {
  const project = await cliProject({ 'exp.ts': experiment(mixed) })
  await project.run(['run', 'exp.ts', '--fail-under', 'small=0.9', '--raise-errors', '-j', '1'])
  await project.run(['run', 'exp.ts', '--fail-under', 'small=0.9', '--max-errors', '1'])
  const { lastLine, exitCode } = await project.run(['resume', 'latest', '--retry-errors'])

  expect(lastLine).toContain('small: wanted at least 0.9')
  expect(exitCode).toBe(1)
})
