import { expect, test } from 'vitest'
import { spanIds } from '../../src/model/identity.ts'
import type { RunningCli } from '../helpers/cli.ts'
import { cliProject } from '../helpers/cli.ts'
import { silence } from '../helpers/fake-datadog/faults.ts'
import { experiment, numbered } from '../helpers/modules.ts'
import { compare, equal, type PushProject, pushedAs, standard, standardProject, startFake } from '../helpers/pushed.ts'

function start(project: PushProject, args: readonly string[]): RunningCli {
  return project.start(args, { env: { ...project.fake.env, LATENCY: '20' } })
}

async function killAt(cli: RunningCli, condition: () => boolean): Promise<void> {
  await cli.until(condition)
  cli.signal('SIGKILL')
  await cli.ended
}

test('what a killed run has left is pushed with what is run of it now: one experiment, complete, nothing invented', async () => {
  const project = await standardProject()
  await killAt(start(project, ['run', 'exp.ts']), () => project.spent() > 120)
  const { exitCode, stdout } = await project.pushRun(['resume', 'latest'], { LATENCY: '5' })

  const stored = project.only()
  expect(exitCode).toBe(0)
  expect(stdout).toContain('pushed')
  expect(stored.rows).toHaveLength(standard.rows)
  expect(compare(project.fake, stored)).toEqual(equal)
  expect(pushedAs(project.fake, stored)).toMatchObject([{ status: 'completed' }])
})

test('an interrupted run that was pushed as interrupted is completed there', async () => {
  const project = await standardProject()
  const cli = start(project, ['run', 'exp.ts'])
  await cli.until(() => project.spent() > 60)
  cli.signal('SIGINT')
  await cli.ended
  expect(pushedAs(project.fake, project.only())).toMatchObject([{ status: 'interrupted' }])
  const { exitCode } = await project.pushRun(['resume', 'latest'], { LATENCY: '5' })

  expect(exitCode).toBe(0)
  expect(compare(project.fake, project.only())).toEqual(equal)
  expect(pushedAs(project.fake, project.only())).toMatchObject([{ status: 'completed' }])
})

test('P11: killed between what was sent and what was noted of it, resume sends it again, the same to the byte', async () => {
  const project = await standardProject()
  const sent = project.fake.script({ on: 'post-events', fault: silence({ applied: true }) })
  await killAt(start(project, ['run', 'exp.ts']), () => sent.seen > 0)
  project.fake.clearScript()
  const { exitCode } = await project.pushRun(['resume', 'latest'], { LATENCY: '5' })

  expect(exitCode).toBe(0)
  expect(compare(project.fake, project.only())).toEqual(equal)
  expect(pushedAs(project.fake, project.only())).toHaveLength(1)
})

test('exit 0 means delivered: a complete run that was killed while it was pushed is pushed by resume', async () => {
  const project = await standardProject()
  const sent = project.fake.script({ on: 'post-events', fault: silence() })
  const isComplete = (): boolean => project.stored()[0]?.manifest.state.status === 'finished'
  await killAt(
    start(project, ['run', 'exp.ts']),
    () => sent.seen > 0 && project.spent() === standard.rows && isComplete(),
  )
  const unreachable = await project.pushRun(['resume', 'latest', '--push-timeout', '500ms'])
  project.fake.clearScript()
  const { exitCode, stderr } = await project.pushRun(['resume', 'latest'])

  expect(unreachable.exitCode).toBe(3)
  expect(exitCode).toBe(0)
  expect(stderr).toContain('standard: nothing is left to run')
  expect(project.spent()).toBe(standard.rows)
  expect(compare(project.fake, project.only())).toEqual(equal)
})

test('a row that was pushed and is run again has a span of its own, which names the one it supersedes', async () => {
  const fake = await startFake()
  const members = `${numbered(4)}
    task: (input) => { if (input === 1 && !existsSync('go')) throw new Error('busy'); return input },
    evaluators: { judge: ({ input }) => { if (input === 2 && !existsSync('go')) throw new Error('busy'); return true } },`
  const project = await cliProject({ 'exp.ts': experiment(members, "import { existsSync } from 'node:fs'") })
  await project.run(['run', 'exp.ts'], { env: fake.env })
  const before = compare(fake, project.only())
  project.write('go', '')
  const { exitCode } = await project.run(['resume', 'latest', '--retry-errors'], { env: fake.env })

  const stored = project.only()
  const old = spanIds(stored.id, 'r1', 1, 0).spanId
  const after = compare(fake, stored)
  expect(before).toEqual(equal)
  expect(exitCode).toBe(0)
  expect(after).toMatchObject({ missing: [], invented: [`span ${old}  `] })
  // The span of the row whose evaluator alone was called again is the same, and is not sent again.
  expect(after.altered.filter((name) => name.startsWith('span'))).toEqual([])
  const received = pushedAs(fake, stored).flatMap(({ id }) => fake.state.events.all(id))
  const renewed = received.find(
    ({ kind, spanId }) => kind === 'span' && spanId === spanIds(stored.id, 'r1', 1, 1).spanId,
  )
  expect(renewed?.hits[0]?.text).toContain(`supersedes:${old}`)
  expect(pushedAs(fake, stored)).toMatchObject([{ status: 'completed' }])
})

test('an experiment that is being pushed is not resumed meanwhile', async () => {
  const project = await standardProject()
  await killAt(start(project, ['run', 'exp.ts']), () => project.spent() > 60)
  project.fake.script({ on: 'post-events', fault: silence() })
  const pushing = start(project, ['push', 'latest'])
  const lock = `.llmobs-exp/experiments/${project.only().id}/push.lock`
  await pushing.until(() => project.exists(lock) && project.read(lock).includes(String(pushing.pid)))
  const { exitCode, stderr } = await project.run(['resume', 'latest'])
  expect(exitCode).toBe(2)
  expect(stderr).toContain(`is being pushed by process ${pushing.pid}`)
})
