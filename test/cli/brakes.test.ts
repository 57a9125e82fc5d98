import { expect, test } from 'vitest'
import { cliProject } from '../helpers/cli.ts'
import { experiment, numbered, passing } from '../helpers/modules.ts'

const wrongKey = `${numbered(100)}
  task: (input) => { if (input >= 20) throw new Error('401 Unauthorized'); return input },
  evaluators: {},`

test('8 tasks in a row with the same error stop the run with exit 4, and the rest is pending', async () => {
  const project = await cliProject({ 'exp.ts': experiment(wrongKey) })
  const { exitCode, lastLine } = await project.run(['run', 'exp.ts', '--jobs', '1', '--reporter', 'json=out.json'])

  const { id, manifest } = project.only()
  const says = '8 tasks in a row failed with the same error: 401 Unauthorized'
  expect(exitCode).toBe(4)
  expect(lastLine).toContain(`ended early: exp: ${says}`)
  expect(lastLine).toContain('--max-identical-errors')
  expect(lastLine).toContain(id)
  expect(manifest.state).toMatchObject({
    outcome: { status: 'stopped', exitCode: 4, reason: { kind: 'brake', error: { code: 'E_IDENTICAL_ERRORS' } } },
    rows: { ok: 20, error: 8, pending: 72 },
  })
  expect(JSON.parse(project.read('out.json')).experiments[0].outcome.stopped).toEqual({
    kind: 'brake',
    code: 'E_IDENTICAL_ERRORS',
    message: says,
  })
})

test.each([
  ['0', 80],
  ['80', 80],
  ['79', 79],
])('--max-identical-errors %s lets %i of 80 fail', async (limit, errors) => {
  const project = await cliProject({ 'exp.ts': experiment(wrongKey) })
  const { exitCode } = await project.run(['run', 'exp.ts', '--jobs', '1', '--max-identical-errors', limit])

  expect(exitCode).toBe(errors < 80 ? 4 : 1)
  expect(project.only().manifest.state.rows?.error).toBe(errors)
})

test('--max-time ends the command with exit 4: calls in flight are cancelled, what comes after stays planned', async () => {
  const project = await cliProject({
    'a.ts': experiment(`${numbered(100)}
      task: async (input, { signal }) => {
        if (input < 30) return input
        await new Promise((resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
      },
      evaluators: {},`),
    'b.ts': experiment(`${numbered(3)} ${passing}`, '', 'later'),
  })
  const { exitCode, lastLine } = await project.run(['run', 'a.ts', 'b.ts', '--max-time', '700ms', '--jobs', '5'])

  const [first, second] = project.stored()
  expect(exitCode).toBe(4)
  expect(lastLine).toContain('ended early: exp: the time of --max-time is over: 700ms')
  expect(lastLine).toContain('1 more was not run')
  expect(first?.manifest.state).toMatchObject({
    outcome: { status: 'stopped', exitCode: 4, reason: { kind: 'brake', error: { code: 'E_MAX_TIME' } } },
    rows: { ok: 30, cancelled: 5, pending: 65, error: 0 },
  })
  expect(first?.isLocked).toBe(false)
  expect(second?.manifest.state.status).toBe('planned')
})

test('--max-time that is long enough changes nothing, and keeps nobody waiting', async () => {
  const project = await cliProject({ 'exp.ts': experiment(`${numbered(3)} ${passing}`) })

  expect((await project.run(['run', 'exp.ts', '--max-time', '20h'])).exitCode).toBe(0)
})
