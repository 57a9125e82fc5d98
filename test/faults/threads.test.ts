import { expect, test } from 'vitest'
import { type CliProject, cliProject } from '../helpers/cli.ts'
import { threaded } from '../helpers/threaded.ts'
import { checkInvariants } from './invariants.ts'

// What happens to one of several threads happens to its own calls only.

const RECORDS = 40
/** So many that a thread is replaced before all are done. */
const MANY = 400
const THREADS = ['--threads', '3', '--jobs', '6']
const SMALL_HEAP = { NODE_OPTIONS: '--max-old-space-size=96' }

/** How often each task was called. */
function countCalls(project: CliProject): ReadonlyMap<string, number> {
  const counts = new Map<string, number>()
  for (const key of project.lines('calls')) counts.set(key, (counts.get(key) ?? 0) + 1)
  return counts
}

function madeCalls(project: CliProject): number {
  return project.lines('calls').length
}

/** Keys of rows whose task was called more often than once. */
function repeated(project: CliProject): string[] {
  return Array.from(countCalls(project)).flatMap(([key, count]) => (count > 1 ? [key] : []))
}

test('a thread that stalls loses its calls only, which are begun again once; the row that did it is named and timed out', async () => {
  const project = await cliProject({
    'exp.ts': threaded(MANY, 'if (input === 10) for (;;) {}').replace('async (input', '(input'),
  })
  const result = await project.run(['run', 'exp.ts', '--timeout', '1s', ...THREADS])

  expect(result.stderr).toMatch(/W_THREAD_REPLACED: the task of row "r10", run 1 blocked its thread/)
  expect(project.only().manifest.state.rows).toMatchObject({ ok: MANY - 1, timeout: 1 })
  expect(repeated(project)).not.toContain('r10')
  expect(Math.max(...countCalls(project).values())).toBeLessThanOrEqual(2)
  await checkInvariants({
    project,
    result,
    exitCode: 1,
    units: MANY,
    ok: MANY - 1,
    calls: { made: madeCalls(project), atMost: MANY + 6 },
  })
})

test('a thread that stalls after its task has waited is found out while the others go on', async () => {
  const project = await cliProject({ 'exp.ts': threaded(RECORDS, 'await null; if (input === 10) for (;;) {}') })
  const result = await project.run(['run', 'exp.ts', '--timeout', '2s', ...THREADS])

  expect(project.only().manifest.state.rows).toMatchObject({ ok: RECORDS - 1, timeout: 1 })
  expect(project.only().rows.find(({ key }) => key === 'r10')?.status).toBe('timeout')
  await checkInvariants({ project, result, exitCode: 1, units: RECORDS, ok: RECORDS - 1 })
}, 30_000)

test('U14: a thread that runs out of memory is replaced, and its calls are begun again', async () => {
  const then = `if (input === 10 && !existsSync('eaten')) { appendFileSync('eaten', ''); eatMemory() }`
  const project = await cliProject({ 'exp.ts': threaded(RECORDS, then) })
  const result = await project.run(['run', 'exp.ts', ...THREADS], { env: SMALL_HEAP })

  expect(result.stderr).toMatch(/W_THREAD_REPLACED: user code ran out of memory/)
  expect(repeated(project)).toContain('r10')
  await checkInvariants({
    project,
    result,
    exitCode: 0,
    units: RECORDS,
    calls: { made: madeCalls(project), atMost: RECORDS + 6 },
  })
}, 30_000)

test('U14: a call that runs out of memory twice ends the experiment; rows of other threads are kept, and resume does the rest', async () => {
  const project = await cliProject({
    'exp.ts': threaded(RECORDS, `if (input === 10 && existsSync('eats')) eatMemory()`),
    eats: '',
  })
  const first = await project.run(['run', 'exp.ts', ...THREADS], { env: SMALL_HEAP })
  expect(first.lastLine).toContain('out of memory')
  await checkInvariants({ project, result: first, exitCode: 4, units: RECORDS })
  const before = new Map(project.only().rows.map((row) => [row.key, JSON.stringify(row)]))
  expect(before.size).toBeGreaterThan(6)
  expect(before.has('r10')).toBe(false)

  const second = await project.shell('rm eats && llmobs-exp resume latest')
  await checkInvariants({ project, result: second, exitCode: 0, units: RECORDS })
  const after = new Map(project.only().rows.map((row) => [row.key, JSON.stringify(row)]))
  expect([...before].filter(([key, row]) => after.get(key) !== row)).toEqual([])
}, 30_000)

test('U9: user code that ends its thread ends the experiment, and what the others have in hand is kept', async () => {
  const then = `if (input === 0 && existsSync('exits')) {
      appendFileSync('thread' + threadId, '')
      while (!existsSync('waits')) await new Promise((go) => setTimeout(go, 10))
      process.exit(0)
    }
    if (existsSync('exits') && !existsSync('thread' + threadId)) {
      appendFileSync('waits', '')
      await new Promise((go) => signal.addEventListener('abort', go))
    }`
  const project = await cliProject({ 'exp.ts': threaded(MANY, then), exits: '' })
  const result = await project.run(['run', 'exp.ts', '--threads', '3', '--jobs', '9'])
  expect(result.stderr).toContain('user code called process.exit(0)')
  await checkInvariants({ project, result, exitCode: 4, units: MANY })
  const kept = project.only().rows.filter(({ output }) => output !== undefined)
  expect(new Set(kept.map(({ output }) => JSON.stringify(output).match(/"threadId":\d+/)?.[0])).size).toBeGreaterThan(1)

  const resumed = await project.shell('rm exits && llmobs-exp resume latest')
  await checkInvariants({ project, result: resumed, exitCode: 0, units: MANY })
}, 60_000)

// Twice what is promised, and retried: on a machine that is busy otherwise the system itself may take as long.
test.each([
  ['the first signal', 1, 14_000],
  ['the second signal', 2, 600],
])(
  'P1, P2: %s ends it in time, with every thread blocked',
  { timeout: 30_000, retry: 2 },
  async (_name, signals, limit) => {
    const project = await cliProject({
      'exp.ts': threaded(RECORDS, `if (input >= 6) { console.error('waiting'); for (;;) {} }`),
    })
    const cli = project.start(['run', 'exp.ts', ...THREADS])
    await cli.until(() => cli.printed('stderr').split('waiting').length > 3)
    cli.signal('SIGINT')
    if (signals === 2) {
      // Sooner it would be the same signal.
      await new Promise((resolve) => setTimeout(resolve, 1_200))
      cli.signal('SIGINT')
    }
    const before = performance.now()
    const result = await cli.ended

    expect(performance.now() - before).toBeLessThan(limit)
    expect([130, null]).toContain(result.exitCode)
    await checkInvariants({ project, result, exitCode: result.exitCode, units: RECORDS })
    expect(project.only().rows.filter(({ status }) => status === 'ok').length).toBeGreaterThan(0)
  },
)
