import { expect, test } from 'vitest'
import { cliProject } from '../helpers/cli.ts'
import { experiment, numbered } from '../helpers/modules.ts'
import { compare, equal, startFake, wireOf } from '../helpers/pushed.ts'

const same = 'evaluators: { same: ({ output, input }) => output === input },'

test('U5, U6: a promise that never settles ends with its timeout, exit 1, and the other rows are done', async () => {
  const project = await cliProject({
    'exp.ts': experiment(
      `${numbered(100)} task: (input) => input === 7 ? new Promise(() => {}) : input, ${same} runs: 2,`,
    ),
  })
  const fake = await startFake()
  const { exitCode, lastLine } = await project.run(['run', 'exp.ts', '--timeout', '300ms'], { env: fake.env })

  const { rows } = project.only()
  const late = rows.filter(({ status }) => status === 'timeout')
  expect(exitCode).toBe(1)
  expect(lastLine).toContain('failed: exp: 2 of 200 rows have errors')
  expect(rows.filter(({ status }) => status === 'ok')).toHaveLength(198)
  expect(late.map(({ key }) => key)).toEqual(['r7', 'r7'])
  expect(late[0]?.error).toMatchObject({
    code: 'E_TASK_TIMEOUT',
    message: 'the task ran longer than its timeout of 300 ms',
  })
  const { spans } = wireOf(fake, project.only())
  expect(compare(fake, project.only())).toEqual(equal)
  expect(spans.filter(({ status }) => status === 'error')).toHaveLength(2)
})

test('an evaluator that never settles ends with its timeout and takes no other evaluation with it', async () => {
  const project = await cliProject({
    'exp.ts': experiment(`${numbered(10)} task: (input) => input,
      evaluators: { slow: ({ input }) => input === 3 ? new Promise(() => {}) : true, same: ({ output, input }) => output === input },`),
  })
  const { exitCode } = await project.run(['run', 'exp.ts', '--eval-timeout', '300ms'])

  const { rows } = project.only()
  const row = rows.find(({ key }) => key === 'r3')
  expect(exitCode).toBe(1)
  expect(rows).toHaveLength(10)
  expect(row?.evaluations).toMatchObject({
    slow: { status: 'timeout', error: { code: 'E_EVALUATOR_TIMEOUT' } },
    same: { status: 'ok' },
  })
})

test('U7: a result that comes after its timeout is discarded and noted, and its slot was free meanwhile', async () => {
  const project = await cliProject({
    'exp.ts': experiment(
      `${numbered(3)}
      task: async (input, { signal }) => {
        if (input === 0) { await once(signal, 'abort'); await released; return 'late' }
        if (input === 2) { setTimeout(release, 50); await new Promise((go) => setTimeout(go, 100)) }
        return input
      },
      evaluators: {},`,
      "import { once } from 'node:events'; let release; const released = new Promise((go) => { release = go })",
    ),
  })
  const fake = await startFake()
  const { exitCode, stderr } = await project.run(['run', 'exp.ts', '--timeout', '400ms', '--jobs', '1'], {
    env: fake.env,
  })

  const { rows, events } = project.only()
  expect(exitCode).toBe(1)
  expect(rows.map(({ key, status }) => [key, status])).toEqual([
    ['r0', 'timeout'],
    ['r1', 'ok'],
    ['r2', 'ok'],
  ])
  expect(rows.map(({ output }) => output)).toEqual([undefined, 1, 2])
  expect(events.filter(({ type }) => type === 'problem')).toMatchObject([{ code: 'W_LATE_RESULT', key: 'r0' }])
  expect(stderr).toContain('the result was discarded')
  expect(compare(fake, project.only())).toEqual(equal)
  expect(wireOf(fake, project.only()).spans).toHaveLength(3)
})

test('U8: a busy loop past --eval-timeout costs that evaluation only; the thread is replaced', async () => {
  const project = await cliProject({
    'exp.ts': experiment(
      `${numbered(40)} task: async (input) => { appendFileSync('calls', input + '\\n'); return input },
      evaluators: { loop: ({ input }) => { if (input === 20) for (;;) {} return true }, same: ({ output, input }) => output === input },`,
      "import { appendFileSync } from 'node:fs'",
    ),
  })
  const { exitCode, lastLine, stderr } = await project.run(['run', 'exp.ts', '--eval-timeout', '500ms'])

  const { rows } = project.only()
  const others = rows.filter(({ key }) => key !== 'r20')
  expect(exitCode).toBe(1)
  expect(lastLine).toContain('failed: exp: 1 of 40 rows has errors')
  expect(stderr).toContain('the thread was replaced')
  expect(rows).toHaveLength(40)
  expect(rows.find(({ key }) => key === 'r20')?.evaluations).toMatchObject({
    loop: { status: 'timeout' },
    same: { status: 'ok' },
  })
  expect(
    others.every(
      ({ status, evaluations }) =>
        status === 'ok' && evaluations.loop?.status === 'ok' && evaluations.same?.status === 'ok',
    ),
  ).toBe(true)
  expect(project.lines('calls').length).toBeLessThanOrEqual(40 + 10)
})

test('a busy loop in a task past --timeout costs that row only', async () => {
  const project = await cliProject({
    'exp.ts': experiment(`${numbered(20)} task: (input) => { if (input === 5) for (;;) {} return input }, ${same}`),
  })
  const { exitCode } = await project.run(['run', 'exp.ts', '--timeout', '500ms', '--jobs', '4'])

  const { rows } = project.only()
  expect(exitCode).toBe(1)
  expect(rows.filter(({ status }) => status === 'timeout').map(({ key }) => key)).toEqual(['r5'])
  expect(rows.filter(({ status }) => status === 'ok')).toHaveLength(19)
})

test('a timeout of the definition holds unless a flag replaces it', async () => {
  const project = await cliProject({
    'exp.ts': experiment(`${numbered(1)} task: () => new Promise(() => {}), evaluators: {}, timeout: 200,`),
  })
  const { exitCode } = await project.run(['run', 'exp.ts'])

  expect(exitCode).toBe(1)
  expect(project.only().rows[0]?.error?.message).toContain('its timeout of 200 ms')
})

test('U6: with nothing said, a task may take 10 minutes and an evaluator 5', async () => {
  const project = await cliProject({ 'exp.ts': experiment(`${numbered(1)} task: (input) => input, ${same}`) })
  await project.run(['run', 'exp.ts'])

  expect(project.only().manifest.options).toMatchObject({ timeout: 600_000, evalTimeout: 300_000 })
})
