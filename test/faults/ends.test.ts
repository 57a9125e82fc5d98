import { join } from 'node:path'
import { expect, test, vi } from 'vitest'
import { cliProject } from '../helpers/cli.ts'
import { silence } from '../helpers/fake-datadog/faults.ts'
import { experiment, numbered } from '../helpers/modules.ts'
import { pushedAs, standardModule, standardProject } from '../helpers/pushed.ts'

/** In the long tier as long as the plan of faults says, in milliseconds. */
const STOPPED = process.env.FAULTS === 'all' ? 60_000 : 5_000

// How a run ends that does not come to its own end. The numbers are those of the plan of faults.

const hangs = `task: (input) => {
    if (input < 30) return input
    console.error('waiting')
    return new Promise(() => {})
  },
  evaluators: { same: ({ output, input }) => output === input },`

test('P5: a signal while the experiment is made at the backend: what is done is kept, and push delivers it', async () => {
  const project = await standardProject()
  const creation = project.fake.script({ on: 'create-experiment', fault: silence() })
  const cli = project.start(['run', 'exp.ts'], { env: { ...project.fake.env, LATENCY: '40' } })
  await cli.until(() => creation.seen > 0 && project.spent() > 20)
  cli.signal('SIGINT')
  const { exitCode, lastLine } = await cli.ended
  expect(exitCode).toBe(130)
  expect(lastLine).toContain(`llmobs-exp push ${project.only().id}`)

  project.fake.clearScript()
  expect((await project.pushRun(['push', 'latest'])).exitCode).toBe(0)
  expect(pushedAs(project.fake, project.only())).toMatchObject([{ status: 'interrupted' }])
})

test('P6: a CI that sends SIGINT has its end before it sends SIGTERM, with tasks and a backend that hang', async () => {
  const project = await standardProject({ 'exp.ts': experiment(`${numbered(1000)} ${hangs}`) })
  project.fake.script({ on: ['create-experiment', 'post-events', 'update-experiment'], fault: silence() })
  const cli = project.start(['run', 'exp.ts'], { env: project.fake.env })
  await cli.prints(/waiting/)
  const before = performance.now()
  cli.signal('SIGINT')
  const { exitCode } = await cli.ended

  // Twice what is promised: the machine may have much else to do.
  expect(performance.now() - before).toBeLessThan(14_000)
  expect([130, null]).toContain(exitCode)
  expect(project.only().rows.filter(({ status }) => status === 'ok')).toHaveLength(30)
})

test('P12: a process that was stopped for longer than any timeout goes on as if nothing had been', async () => {
  const project = await cliProject({
    'exp.ts': experiment(`${numbered(20)}
      task: async (input) => {
        console.error('waiting')
        for (let step = 0; step < 10; step++) await new Promise((go) => setTimeout(go, 70))
        return input
      },
      evaluators: {},`),
  })
  const cli = project.start(['run', 'exp.ts', '--timeout', '2s'])
  await cli.prints(/waiting/)
  cli.signal('SIGSTOP')
  await new Promise((resolve) => setTimeout(resolve, STOPPED))
  cli.signal('SIGCONT')
  const { exitCode, stderr } = await cli.ended

  expect(exitCode).toBe(0)
  expect(stderr).not.toContain('warning')
  expect(project.only().manifest.state.rows).toMatchObject({ ok: 20, timeout: 0 })
}, 90_000)

test('P13: a wall clock that jumps changes no duration, no order and no identity', async () => {
  const project = await cliProject({ 'exp.ts': standardModule })
  const shim = join(import.meta.dirname, 'shift-clock.cjs')
  const before = Date.now()
  const args = ['run', 'exp.ts', '--reporter', 'json']
  const { exitCode, stdout } = await project.run(args, { env: { NODE_OPTIONS: `--require ${shim}` } })

  const { events, rows } = project.only()
  const times = events.map(({ at }) => at)
  expect(exitCode).toBe(0)
  expect(rows).toHaveLength(200)
  expect(times).toEqual(times.toSorted((a, b) => a - b))
  expect(Math.min(...times)).toBeGreaterThan(before - 60_000)
  expect(Math.max(...times)).toBeLessThan(Date.now() + 60_000)
  const spans = ['durationMs', 'queueMs', 'retryWaitMs'].flatMap((member) => events.map((event) => event[member] ?? 0))
  expect(spans.filter((milliseconds) => Number(milliseconds) < 0 || Number(milliseconds) > 60_000)).toEqual([])
  expect(stdout.match(/"\w*(?:Ms|latency\w*)": *-\d/g)).toBeNull()
  expect(new Set(rows.map(({ key, iteration }) => `${iteration}/${key}`)).size).toBe(200)
})

test('P16: a terminal that is closed ends the run as SIGHUP does, and the store is sound', async () => {
  const project = await cliProject({
    'exp.ts': experiment(
      `${numbered(1000)} ${hangs.replace('new Promise(() => {})', "once(signal, 'abort')").replace('(input) =>', '(input, { signal }) =>')}`,
      "import { once } from 'node:events'",
    ),
  })
  const cli = project.pty('exec llmobs-exp run exp.ts')
  await cli.prints(/(waiting[\s\S]*){10}/, 'stdout')
  cli.signal('SIGKILL')

  await vi.waitFor(() => expect(project.only().manifest.state.status).toBe('finished'), 14_000)
  const { manifest, rows } = project.only()
  expect(manifest.state.outcome).toMatchObject({ exitCode: 129, reason: { kind: 'signal', signal: 'SIGHUP' } })
  expect(rows.filter(({ status }) => status === 'ok')).toHaveLength(40)
  await vi.waitFor(() => expect(project.only().isLocked).toBe(false))
})

test('U8: a thread that is blocked is named after 5 s, and replaced when the timeout of its call is over', async () => {
  const project = await cliProject({
    'exp.ts': experiment(`${numbered(40)} task: (input) => input,
      evaluators: { same: ({ output, input }) => output === input, loop: ({ input }) => { if (input === 20) for (;;) {} return true } },`),
  })
  const { exitCode, stderr } = await project.run(['run', 'exp.ts', '--eval-timeout', '7s'])

  const { events, manifest } = project.only()
  const told = ['W_THREAD_BLOCKED', 'W_THREAD_REPLACED']
  const problems = events.filter(({ code }) => told.includes(String(code)))
  expect(exitCode).toBe(1)
  expect(stderr).toMatch(/warning W_THREAD_BLOCKED: .*evaluator loop of row "r20", run 1 blocks its thread/)
  expect(problems).toMatchObject([
    { code: 'W_THREAD_BLOCKED', key: 'r20' },
    { code: 'W_THREAD_REPLACED', key: 'r20', message: expect.stringContaining('evaluator loop of row "r20", run 1') },
  ])
  expect(manifest.state.rows).toMatchObject({ ok: 40 })
})
