import { expect, test } from 'vitest'
import { cliProject } from '../helpers/cli.ts'
import { experiment, numbered } from '../helpers/modules.ts'

/** Of 4 rows r1 does not pass, and the task of r2 fails. */
const flaky = `${numbered(4)}
  task: (input) => { if (input === 2) throw new Error('no'); return input },
  evaluators: { right: ({ input }) => input !== 1 },
  summaryEvaluators: { rows: ({ rows }) => rows.length },
  thresholds: { right: 1, rows: { max: 2 } },`

const file = JSON.stringify([
  { experiment: 'exp', record: 'r1', reason: 'the judge is undecided' },
  { experiment: 'exp', record: 'r2', reason: 'the endpoint is slow', until: '2999-12-31' },
  { experiment: 'another', record: 'r3', reason: 'is none of this one' },
])

test('without a quarantine the flaky rows fail the experiment', async () => {
  const project = await cliProject({ 'exp.ts': experiment(flaky) })
  expect((await project.run(['run', 'exp.ts'])).exitCode).toBe(1)
})

test('records in the file beside package.json count for no threshold and no error, and stay in the report', async () => {
  const project = await cliProject({ 'exp.ts': experiment(flaky), 'llmobs-exp.quarantine.json': file })
  const { exitCode, stdout } = await project.run([
    'run',
    'exp.ts',
    '--reporter',
    'plain',
    '--reporter',
    'json=out.json',
  ])

  expect(stdout).toContain('4 rows: 3 ok, 1 error')
  expect(stdout.replace(/\s+/g, ' ')).toContain(
    '2 rows in quarantine, in no number below: r1 (the judge is undecided), r2',
  )
  expect(stdout).toContain('scored 2, errored 0, skipped 0, quarantined 2')
  expect(stdout).toContain('r1 · in quarantine · did not pass: right')
  expect(exitCode).toBe(0)
  const [report] = JSON.parse(project.read('out.json')).experiments
  expect(report).toMatchObject({
    quarantine: [
      { record: 'r1', reason: 'the judge is undecided', until: null },
      { record: 'r2', reason: 'the endpoint is slow', until: '2999-12-31' },
    ],
    thresholds: [
      { name: 'right', status: 'met', n: 2, coverage: { scored: 2, quarantined: 2 } },
      { name: 'rows', value: 2 },
    ],
  })
})

test('what was in quarantine is kept: show and resume count as the run did', async () => {
  const project = await cliProject({ 'exp.ts': experiment(flaky), 'q.json': file })
  await project.run(['run', 'exp.ts', '--quarantine', 'q.json'])
  const shown = await project.run(['show', 'latest'])
  const resumed = await project.run(['resume', 'latest', '--retry-errors'])

  expect(shown.stdout).toContain('scored 2, errored 0, skipped 0, quarantined 2')
  expect([shown.exitCode, resumed.exitCode]).toEqual([0, 0])
  expect(resumed.stdout).toContain('scored 2, errored 0, skipped 0, quarantined 2')
})

test('a record that is not there and a quarantine that is over are warned of', async () => {
  const project = await cliProject({
    'exp.ts': experiment(flaky),
    'llmobs-exp.quarantine.json': JSON.stringify([
      { experiment: 'exp', record: 'r9', reason: 'gone' },
      { experiment: 'exp', record: 'r1', reason: 'undecided', until: '2020-02-29' },
    ]),
  })
  const { exitCode, stderr } = await project.run(['run', 'exp.ts'])

  expect(stderr).toContain('warning W_QUARANTINE: no record has the id or key "r9", which is in quarantine')
  expect(stderr.replace(/\s+/g, ' ')).toContain(
    'exp: the quarantine of "r1" (undecided) ended with 2020-02-29: it counts again',
  )
  expect(exitCode).toBe(1)
})

test('--quarantine none leaves the file alone', async () => {
  const project = await cliProject({ 'exp.ts': experiment(flaky), 'llmobs-exp.quarantine.json': file })
  const { exitCode, stdout } = await project.run(['run', 'exp.ts', '--quarantine', 'none'])

  expect(exitCode).toBe(1)
  expect(stdout).not.toContain('quarantine')
})

test.each([
  ['{}', 'expected an array'],
  ['[', 'cannot be read'],
  ['[{ "experiment": "exp", "record": "r1" }]', 'entry 1: reason: expected a text that is not empty, got undefined'],
  ['[{ "experiment": "exp", "recrd": "r1", "reason": "x" }]', 'did you mean "record"?'],
  ['[{ "experiment": "exp", "record": "r1", "reason": "x", "until": "2026-02-30" }]', 'until: expected a day such as'],
])('the file %s exits 2 before any task', async (text, message) => {
  const project = await cliProject({ 'exp.ts': experiment(flaky), 'llmobs-exp.quarantine.json': text })
  const { exitCode, stderr } = await project.run(['run', 'exp.ts'])

  expect(stderr).toContain('E_QUARANTINE_FILE')
  expect(stderr).toContain(message)
  expect(exitCode).toBe(2)
  expect(project.stored()).toEqual([])
})

test('a file that was named and is not there exits 2', async () => {
  const project = await cliProject({ 'exp.ts': experiment(flaky) })
  expect((await project.run(['run', 'exp.ts', '--quarantine', 'nowhere.json'])).exitCode).toBe(2)
})
