import { expect, test } from 'vitest'
import { cliProject } from '../helpers/cli.ts'
import { experiment, numbered } from '../helpers/modules.ts'

test('all runs share one queue, and each has its summary evaluators', async () => {
  const project = await cliProject({
    'exp.ts': experiment(
      `${numbered(6)}
      task: async (input, { runIteration }) => {
        if (runIteration === 1 && input === 0) await once(events, 'second run')
        if (runIteration === 2) events.emit('second run')
        return input * runIteration
      },
      evaluators: { double: ({ output }) => output },
      summaryEvaluators: { sum: ({ outputs }) => outputs.reduce((sum, value) => sum + value, 0),
        order: ({ inputs, evaluations }) => ({ inputs, double: evaluations.double }) },`,
      "import { once, EventEmitter } from 'node:events'; const events = new EventEmitter()",
    ),
  })
  const { exitCode, stdout } = await project.run(['run', 'exp.ts', '--runs', '3', '--jobs', '2'])

  const { rows, events } = project.only()
  const runs = events.filter(({ type }) => type === 'run-finished')
  expect(exitCode).toBe(0)
  expect([1, 2, 3].map((run) => rows.filter(({ iteration }) => iteration === run).length)).toEqual([6, 6, 6])
  expect(events.filter(({ type }) => type === 'record')).toHaveLength(6)
  expect(runs.toSorted((a, b) => Number(a.iteration) - Number(b.iteration))).toMatchObject([
    {
      iteration: 1,
      summaries: [
        { name: 'sum', value: 15 },
        { name: 'order', type: 'json', value: { inputs: [0, 1, 2, 3, 4, 5], double: [0, 1, 2, 3, 4, 5] } },
      ],
    },
    {
      iteration: 2,
      summaries: [
        { name: 'sum', value: 30 },
        { name: 'order', value: { double: [0, 2, 4, 6, 8, 10] } },
      ],
    },
    { iteration: 3, summaries: [{ name: 'sum', value: 45 }, {}] },
  ])
  expect(stdout).toMatch(/run 1 of 3[\s\S]*run 2 of 3[\s\S]*run 3 of 3/)
})

test.each([1, 3])('with %i runs of 1,000 records every unit is run exactly once', async (runs) => {
  const project = await cliProject({
    'exp.ts': experiment(
      `${numbered(1000)} task: (input) => input, evaluators: { same: ({ output, input }) => output === input },`,
    ),
  })
  const { exitCode } = await project.run(['run', 'exp.ts', '--runs', String(runs)])

  expect(exitCode).toBe(0)
  expect(project.only().rows).toHaveLength(1000 * runs)
})

test('--max-retries tries tasks and evaluators again and records the attempts', async () => {
  const project = await cliProject({
    'exp.ts': experiment(
      `${numbered(3)}
      task: (input, { attempt }) => { if (input === 1 && attempt < 2) throw new Error('try again'); return attempt },
      evaluators: { late: ({ input }) => { tries[input] = (tries[input] ?? 0) + 1; if (input === 2 && tries[input] < 2) throw new Error('judge is tired'); return true },
        bad: ({ input }) => { if (input === 0) throw new Error('never'); return true } },`,
      'const tries = {}',
    ),
  })
  const { exitCode } = await project.run(['run', 'exp.ts', '--max-retries', '1'])

  const byKey = Object.fromEntries(project.only().rows.map((row) => [row.key, row]))
  expect(exitCode).toBe(1)
  expect(byKey.r1).toMatchObject({ status: 'ok', attempts: 2, output: 2 })
  expect(byKey.r1?.retryWaitMs).toBeGreaterThan(0)
  expect(byKey.r0).toMatchObject({ status: 'ok', attempts: 1, retryWaitMs: 0 })
  expect(byKey.r2?.evaluations.late).toMatchObject({ status: 'ok', attempts: 2 })
  expect(byKey.r0?.evaluations.bad).toMatchObject({ status: 'error', attempts: 2 })
})

test('there are never more calls in flight than --jobs, and as many when there is work', async () => {
  const project = await cliProject({
    'exp.ts': experiment(
      `${numbered(60)}
      task: async (input) => { enter(); await new Promise((go) => setTimeout(go, 5)); leave(); return most },
      evaluators: { slow: async () => { enter(); await new Promise((go) => setTimeout(go, 5)); leave(); return most } },`,
      'let now = 0, most = 0; const enter = () => { most = Math.max(most, ++now) }; const leave = () => { now-- }',
    ),
  })
  await project.run(['run', 'exp.ts', '--jobs', '7'])

  expect(project.only().rows.at(-1)?.evaluations.slow?.evaluations?.[0]?.value).toBe(7)
})

test('options come from the flag, else the environment, else the definition, else the default', async () => {
  const project = await cliProject({
    'exp.ts': experiment(`${numbered(1)} task: (input) => input, evaluators: {}, jobs: 3, runs: 2,`),
  })
  await project.run(['run', 'exp.ts'])
  await project.run(['run', 'exp.ts'], { env: { LLMOBS_EXP_JOBS: '4' } })
  await project.run(['run', 'exp.ts', '--jobs', '5'], { env: { LLMOBS_EXP_JOBS: '4' } })

  const options = project.stored().map(({ manifest }) => [manifest.options.jobs, manifest.options.runs])
  expect(options).toEqual([
    [3, 2],
    [4, 2],
    [5, 2],
  ])
})

test('several runs tell which records are flaky, live, replayed and resumed', async () => {
  const project = await cliProject({
    'exp.ts': experiment(
      `dataset: Array.from({ length: 8 }, (_, index) => ({ id: 'r' + index, input: index })),
      task: (input, { runIteration }) => {
        if (input === 3 && runIteration === 2 && !existsSync('go')) throw new Error('not yet')
        return input < 5 || (input < 7 && runIteration === 1)
      },
      evaluators: { passes: ({ output }) => output },`,
      "import { existsSync } from 'node:fs'",
    ),
  })
  const ran = await project.run(['run', 'exp.ts', '--runs', '3'])
  const shown = await project.run(['show', 'latest'])
  project.write('go', '')
  const resumed = await project.run(['resume', 'latest', '--retry-errors', '--reporter', 'json'])
  const replayed = await project.run(['show', 'latest', '--reporter', 'json'])

  // r3 failed in one run: of three values only seven records are left.
  const numbers = /passes, record by record\n {2}5 stable-pass, 1 stable-fail, 2 flaky\n[\s\S]*k = 3 over 7 records/
  expect(ran.stdout).toMatch(numbers)
  expect(shown.stdout).toMatch(numbers)
  const { allRuns } = JSON.parse(resumed.stdout).experiments[0]
  expect(allRuns.stability).toMatchObject([
    { label: 'passes', stablePass: 5, stableFail: 1, flaky: 2, single: 0, flakyKeys: ['r5', 'r6'] },
  ])
  expect(allRuns.stability[0].passAt.map(({ records }: { records: number }) => records)).toEqual([8, 8, 8])
  expect(JSON.parse(replayed.stdout).experiments[0].allRuns).toEqual(allRuns)
})
