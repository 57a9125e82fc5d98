import { expect, test } from 'vitest'
import { cliProject } from '../helpers/cli.ts'
import { experiment, numbered, passing } from '../helpers/modules.ts'

const flags = ['-j', '1', '--stop-when-certain', '--reporter', 'plain', '--reporter', 'json=out.json']

test('a rate that can no longer be reached ends the experiment, which has failed', async () => {
  const project = await cliProject({
    'exp.ts': experiment(`${numbered(100)} task: (input) => input,
      evaluators: { right: () => false, size: ({ input }) => input },
      summaryEvaluators: { all: ({ rows }) => { throw new Error('of all rows') } },
      thresholds: { right: 0.9, size: { max: 1000 }, all: 1 },`),
  })
  const { exitCode, lastLine, stdout } = await project.run(['run', 'exp.ts', ...flags])
  const [report] = JSON.parse(project.read('out.json')).experiments
  const { ran, skipped } = report.outcome.early

  expect(exitCode).toBe(1)
  expect(ran).toBeGreaterThanOrEqual(11)
  expect(ran).toBeLessThan(20)
  expect(ran + skipped).toBe(100)
  expect(lastLine).toContain(
    `failed: exp (certain after ${ran} rows, ${skipped} skipped): right: wanted at least 0.9, got 0`,
  )
  expect(stdout).toContain(`100 rows: ${ran} ok, ${skipped} skipped`)
  expect(stdout).toContain('not all rows ran')
  expect(report.outcome.failures).toHaveLength(1)
  expect(report.thresholds.map(({ status }: { status: string }) => status)).toEqual(['missed', 'open', 'open'])
})

test('it is complete: resume has nothing to do, and says the same', async () => {
  const project = await cliProject({
    'exp.ts': experiment(`${numbered(40)} task: (input) => input, evaluators: { right: () => false },
      thresholds: { right: 1 }, runs: 2,`),
  })
  const ran = await project.run(['run', 'exp.ts', ...flags])
  const resumed = await project.run(['resume', 'latest'])

  expect(resumed.stderr).toContain('nothing is left to run')
  expect(resumed.lastLine).toBe(ran.lastLine)
  expect(resumed.exitCode).toBe(1)
  expect(project.only().rows).toHaveLength(80)
})

test('a pass is certain early only where the rows that remain may all have errors', async () => {
  const project = await cliProject({
    'exp.ts': experiment(`${numbered(40)} ${passing} thresholds: { same: 0.5 },`),
  })
  const strict = await project.run(['run', 'exp.ts', ...flags])
  const lenient = await project.run(['run', 'exp.ts', ...flags, '--max-errors', '100%'])

  expect(strict.lastLine).toMatch(/^passed: exp; /)
  expect(lenient.lastLine).toMatch(/^passed: exp \(certain after 2\d rows, [12]\d skipped\)/)
  expect([strict.exitCode, lenient.exitCode]).toEqual([0, 0])
})

test('errors beyond --max-errors are certain', async () => {
  const project = await cliProject({
    'exp.ts': experiment(`${numbered(40)} task: (input) => { if (input === 3) throw new Error('no'); return input },`),
  })
  const { exitCode, lastLine } = await project.run(['run', 'exp.ts', ...flags])

  expect(exitCode).toBe(1)
  expect(lastLine).toMatch(/certain after \d rows, 3\d skipped\): 1 of 40 rows has errors/)
})

test.each([
  [
    'a summary evaluator alone',
    `${numbered(3)} ${passing} summaryEvaluators: { n: () => 1 }, thresholds: { n: 1 },`,
    'no threshold can be certain',
  ],
  ['no threshold', `${numbered(3)} ${passing}`, 'no threshold can be certain'],
  [
    'an iterable',
    `dataset: (function* () { yield { input: 1, expectedOutput: 1 } })(), ${passing} thresholds: { same: 1 },`,
    'how many rows there will be is not known',
  ],
])('%s is warned of', async (_what, members, warning) => {
  const project = await cliProject({ 'exp.ts': experiment(members) })
  const { exitCode, stderr } = await project.run(['run', 'exp.ts', ...flags])

  expect(stderr.replace(/\s+/g, ' ')).toContain(`warning W_NEVER_CERTAIN: --stop-when-certain: ${warning}`)
  expect(exitCode).toBe(0)
})
