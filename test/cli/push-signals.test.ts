import { expect, test } from 'vitest'
import type { RunningCli } from '../helpers/cli.ts'
import { silence } from '../helpers/fake-datadog/faults.ts'
import { experiment } from '../helpers/modules.ts'
import { compare, equal, type PushProject, pushedAs, standard, standardProject } from '../helpers/pushed.ts'

/** Deadlines are asserted with twice the time that is promised, in milliseconds. */
const SHUTDOWN = 3_000
const SECOND_SIGNAL = 600

/** Repeats of a signal within a second are the same signal. */
const ANOTHER_SIGNAL = 1_200

function start(
  project: PushProject,
  args: readonly string[],
  env: { readonly [name: string]: string } = {},
): RunningCli {
  return project.start(args, { env: { ...project.fake.env, ...env } })
}

async function endAfter(cli: RunningCli, name: NodeJS.Signals) {
  const before = performance.now()
  cli.signal(name)
  const result = await cli.ended
  return { ...result, after: performance.now() - before }
}

test('P1: a signal in the middle of the run: the backend is told of the interruption, and of what is done', async () => {
  const project = await standardProject()
  const cli = start(project, ['run', 'exp.ts'], { LATENCY: '40' })
  await cli.until(() => project.spent() > 60)
  const { exitCode, lastLine } = await endAfter(cli, 'SIGINT')

  const stored = project.only()
  expect(exitCode).toBe(130)
  expect(lastLine).toMatch(/^ended by SIGINT: standard; what is done is kept; run the rest: llmobs-exp resume /)
  expect(compare(project.fake, stored)).toEqual(equal)
  expect(pushedAs(project.fake, stored)).toMatchObject([{ status: 'interrupted' }])
})

test('P4: a signal while the backend says nothing: the end is there within the time, and push delivers the rest', async () => {
  const project = await standardProject()
  const events = project.fake.script({ on: 'post-events', fault: silence() })
  const cli = start(project, ['run', 'exp.ts'], { LATENCY: '40' })
  await cli.until(() => events.seen > 0)
  const { exitCode, lastLine, after } = await endAfter(cli, 'SIGTERM')
  expect(exitCode).toBe(143)
  expect(after).toBeLessThan(SHUTDOWN)
  expect(lastLine).toContain(`; not all pushed: llmobs-exp push ${project.only().id}`)

  project.fake.clearScript()
  expect((await project.pushRun(['push', 'latest'])).exitCode).toBe(0)
  expect(compare(project.fake, project.only())).toEqual(equal)
  expect(pushedAs(project.fake, project.only())).toHaveLength(1)
})

test('P5: a signal while the credentials are checked: no task was started, exit 2', async () => {
  const project = await standardProject()
  project.fake.script({ fault: silence() })
  const cli = start(project, ['run', 'exp.ts', '--require-backend'])
  await project.fake.until(() => project.fake.requests.length > 0)
  const { exitCode, stderr, after } = await endAfter(cli, 'SIGINT')
  expect([exitCode, project.spent()]).toEqual([2, 0])
  expect(stderr).toContain('ended by SIGINT before any task was started')
  expect(after).toBeLessThan(SHUTDOWN)
  expect(project.stored()).toEqual([])
})

test('P5: a signal while the dataset is downloaded: no task was started, exit 2', async () => {
  const project = await standardProject({
    'exp.ts': experiment(
      "dataset: datadogDataset('tickets'), task: (input) => input, evaluators: {},",
      "import { datadogDataset } from 'llmobs-exp'",
    ),
  })
  const { id: projectId } = project.fake.seed.project({ name: 'default-project' })
  project.fake.seed.dataset({ projectId, name: 'tickets', records: [{ id: 't1', input: 1 }] })
  project.fake.script({ on: 'list-records', fault: silence() })
  const cli = start(project, ['run', 'exp.ts'])
  await project.fake.until(() => project.fake.asked('list-records').length > 0)
  const { exitCode, stderr, after } = await endAfter(cli, 'SIGINT')
  expect(exitCode).toBe(2)
  expect(stderr).toContain('ended by SIGINT')
  expect(after).toBeLessThan(SHUTDOWN)
  expect(project.stored()).toEqual([])
})

test('P5: a signal in the final wait ends the wait, and nothing else: what was run has passed', async () => {
  const project = await standardProject()
  project.fake.script({ on: 'post-events', fault: silence() })
  const cli = start(project, ['run', 'exp.ts'])
  await cli.prints(/waiting up to 1 min 00 s for what is still to be pushed to 127\.0\.0\.1:\d+; Ctrl-C ends that/)
  const { exitCode, lastLine, after } = await endAfter(cli, 'SIGINT')
  const { id, manifest } = project.only()
  expect(exitCode).toBe(130)
  expect(after).toBeLessThan(SHUTDOWN)
  expect(manifest.state).toMatchObject({ outcome: { status: 'passed' }, rows: { ok: standard.rows } })
  expect(lastLine).toMatch(
    new RegExp(`^ended by SIGINT: passed, but not all pushed: standard: .*; push the rest: llmobs-exp push ${id}$`),
  )
  expect(pushedAs(project.fake, project.only())).toMatchObject([{ status: 'completed' }])
})

test('P2: a second signal ends everything at once', async () => {
  const project = await standardProject()
  project.fake.script({ on: ['post-events', 'update-experiment'], fault: silence() })
  const cli = start(project, ['run', 'exp.ts'])
  await cli.prints(/waiting up to/)
  cli.signal('SIGINT')
  await new Promise((resolve) => setTimeout(resolve, ANOTHER_SIGNAL))
  const { exitCode, after } = await endAfter(cli, 'SIGINT')
  // Null when the process had to end itself.
  expect([130, null]).toContain(exitCode)
  expect(after).toBeLessThan(SECOND_SIGNAL)
})

test('P5: a signal ends push; what was accepted by then is not sent again', async () => {
  const project = await standardProject()
  await project.run(['run', 'exp.ts'])
  project.fake.script({ on: 'post-events', from: 2, fault: silence() })
  const cli = start(project, ['push', 'latest'])
  await project.fake.until(() => project.fake.asked('post-events').length > 1)
  const { exitCode, lastLine, after } = await endAfter(cli, 'SIGINT')
  expect(exitCode).toBe(130)
  expect(after).toBeLessThan(SHUTDOWN)
  expect(lastLine).toMatch(/^ended by SIGINT: not all pushed: standard: .*; push the rest: llmobs-exp push /)

  project.fake.clearScript()
  expect((await project.pushRun(['push', 'latest'])).exitCode).toBe(0)
  expect(compare(project.fake, project.only())).toEqual(equal)
})
