import { expect, test } from 'vitest'
import { cliProject } from '../helpers/cli.ts'
import { delay } from '../helpers/fake-datadog/faults.ts'
import { newestOf } from '../helpers/fake-datadog/state.ts'
import { experiment, numbered } from '../helpers/modules.ts'
import { compare, equal, startFake, wireOf } from '../helpers/pushed.ts'

/** Deadlines are asserted with twice the time that is promised, in milliseconds. */
const TO_THE_END = 4_000

/** One row after the other, so that what comes before the end is known. */
const ONE_JOB = ['--jobs', '1']

const endings: { [what: string]: { before?: string; at: string; says: RegExp } } = {
  'U9: process.exit(0) in a task': { at: 'process.exit(0)', says: /process\.exit\(0\)/ },
  'U11: a floating promise that rejects': {
    at: "void Promise.reject(new Error('floating')); await new Promise(() => {})",
    says: /floating/,
  },
  'U12: a throw in a timer': {
    at: "setTimeout(() => { throw new Error('in a timer') }); await new Promise(() => {})",
    says: /in a timer/,
  },
}

test.each(Object.entries(endings))('%s exits 4, and what was done is kept', async (_what, { at, says }) => {
  const project = await cliProject({
    'exp.ts': experiment(`${numbered(100)}
      task: async (input) => { if (input === 60) { ${at} } return input },
      evaluators: { same: ({ output, input }) => output === input },`),
  })
  const fake = await startFake()
  const { exitCode, lastLine, stderr } = await project.run(['run', 'exp.ts', ...ONE_JOB], { env: fake.env })

  const { id, manifest, rows, isLocked, events } = project.only()
  expect(exitCode).toBe(4)
  expect(lastLine).toMatch(/^ended early: exp: /)
  expect(lastLine).toMatch(says)
  expect(lastLine).toContain(`what is done is kept; run the rest: llmobs-exp resume ${id}`)
  expect(stderr).not.toContain('defect')
  expect(rows.map(({ key }) => key)).toEqual(Array.from({ length: 60 }, (_, index) => `r${index}`))
  expect(rows.every(({ evaluations }) => evaluations.same?.status === 'ok')).toBe(true)
  expect(manifest.state).toMatchObject({
    status: 'finished',
    rows: { ok: 60 },
    outcome: { status: 'stopped', exitCode: 4 },
  })
  expect(events.at(-1)).toMatchObject({ type: 'experiment-finished' })
  expect(isLocked).toBe(false)
  expect(compare(fake, project.only())).toEqual(equal)
  expect(wireOf(fake, project.only())).toMatchObject({ status: 'interrupted', spans: { length: 60 } })
})

test('what is done is pushed with its records, also where the dataset was to be read once more for that', async () => {
  const project = await cliProject({
    'exp.ts': experiment(`${numbered(100)}
      task: (input) => { if (input === 60) process.exit(0); return input },
      evaluators: { same: ({ output, input }) => output === input },`),
  })
  const fake = await startFake()
  let answer = (): void => {}
  const asked = new Promise<void>((resolve) => {
    answer = resolve
  })
  fake.script({ on: 'create-dataset', times: 1, fault: delay(asked) })
  const cli = project.start(['run', 'exp.ts', ...ONE_JOB], { env: fake.env })
  await cli.until(
    () =>
      project
        .lines(project.logFile() ?? 'none yet')
        .at(-1)
        ?.includes('"experiment-finished"') === true,
  )
  answer()
  const { exitCode, lastLine } = await cli.ended

  expect(exitCode).toBe(4)
  expect(lastLine).not.toContain('not all pushed')
  expect(compare(fake, project.only())).toEqual(equal)
  const begun = project.only().events.filter(({ type }) => type === 'record')
  expect([...fake.state.datasets.values()].map((dataset) => newestOf(dataset).records.size)).toEqual([begun.length])
})

test('U9: who called process.exit is told with its place in the module', async () => {
  const project = await cliProject({
    'exp.ts': experiment(
      `${numbered(3)}
      task: () => leave(),
      evaluators: {},`,
      'function leave() { process.exit(3) }',
    ),
  })
  await project.run(['run', 'exp.ts'])

  const outcome = JSON.stringify(project.only().manifest.state.outcome)
  expect(outcome).toContain('process.exit(3)')
  expect(outcome).toMatch(/at leave .*exp\.ts:2:/)
})

test('process.exit(0) in an evaluator, a summary evaluator and the dataset exits 4', async () => {
  const project = await cliProject({
    'evaluator.ts': experiment(`${numbered(3)} task: (input) => input, evaluators: { bad: () => process.exit(0) },`),
    'summary.ts': experiment(
      `${numbered(3)} task: (input) => input, evaluators: {}, summaryEvaluators: { bad: () => process.exit(0) },`,
    ),
    'dataset.ts':
      experiment(`dataset: (async function* () { yield { input: 1 }; await new Promise((go) => globalThis.go = go); process.exit(0) })(),
      task: () => { globalThis.go() }, evaluators: {},`),
  })
  const results = []
  for (const file of ['evaluator.ts', 'summary.ts', 'dataset.ts']) results.push(await project.run(['run', file]))

  expect(results.map(({ exitCode }) => exitCode)).toEqual([4, 4, 4])
  expect(results.map(({ lastLine }) => lastLine)).toEqual(Array(3).fill(expect.stringContaining('process.exit(0)')))
  expect(project.stored().map(({ manifest }) => manifest.state.outcome?.exitCode)).toEqual([4, 4, 4])
})

test('process.exitCode that user code sets changes nothing', async () => {
  const project = await cliProject({
    'exp.ts': experiment(`${numbered(3)} task: (input) => { process.exitCode = 7; return input }, evaluators: {},`),
  })

  expect((await project.run(['run', 'exp.ts'])).exitCode).toBe(0)
})

test('U14: user code that runs out of memory exits 4, says how to give it more, and what was done is kept', async () => {
  const project = await cliProject({
    'exp.ts': experiment(`${numbered(20)}
      task: (input) => { if (input === 10) { const all = []; for (;;) all.push(new Array(10_000).fill(input)) } return input },
      evaluators: {},`),
  })
  const { exitCode, lastLine } = await project.run(['run', 'exp.ts', ...ONE_JOB], {
    env: { NODE_OPTIONS: '--max-old-space-size=96' },
  })

  expect(exitCode).toBe(4)
  expect(lastLine).toContain('out of memory')
  expect(lastLine).toContain('--max-old-space-size')
  expect(project.only().rows).toHaveLength(10)
})

test('U17: open timers and servers of user code do not keep the process alive', async () => {
  const project = await cliProject({
    'exp.ts': experiment(
      `${numbered(3)} task: (input) => input, evaluators: {},`,
      "import { createServer } from 'node:http'; setInterval(() => {}, 1000); createServer().listen(0)",
    ),
  })
  const { exitCode, lastLine } = await project.run(['run', 'exp.ts'])
  const took = Date.now() - Number(project.only().events.at(-1)?.at)

  expect([exitCode, lastLine]).toEqual([0, expect.stringContaining('passed: exp')])
  expect(took).toBeLessThan(TO_THE_END)
})
