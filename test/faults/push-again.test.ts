import { expect, test } from 'vitest'
import { delay, silence } from '../helpers/fake-datadog/faults.ts'
import { experiment, numbered } from '../helpers/modules.ts'
import { pushedAs, standardProject } from '../helpers/pushed.ts'
import { canaries, expectDelivered, expectPushDelivers } from './sound.ts'

/** So little at once that there are many requests. */
const SMALL = { maxBodyBytes: 60_000 } as const

test.each([4, 7, 11])(
  'P11: a push that is killed at request %i for events is gone on with by the next',
  async (nth) => {
    const project = await standardProject({}, SMALL)
    await project.run(['run', 'exp.ts'])
    const reached = project.fake.script({ on: 'post-events', from: nth, fault: silence({ applied: true }) })
    const cli = project.start(['push', 'latest'], { env: project.fake.env })
    await cli.until(() => reached.spoiled > 0)
    cli.signal('SIGKILL')
    await cli.ended
    const accepted = project.fake.state.events.all().length
    project.fake.clearScript()

    await expectPushDelivers(project)
    // What had arrived and was not acknowledged comes again, the same to the byte: no more than two requests.
    const resent = project.fake.state.events.resent().length
    expect(resent).toBeGreaterThan(0)
    expect(resent).toBeLessThanOrEqual(accepted)
  },
)

test('P11: a run that is killed while it pushes is pushed to its end by the next push', async () => {
  const project = await standardProject({}, SMALL)
  const cli = project.start(['run', 'exp.ts'], { env: { ...project.fake.env, LATENCY: '20' } })
  await project.fake.until(() => project.fake.asked('post-events').length > 2)
  cli.signal('SIGKILL')
  await cli.ended
  const spent = project.spent()
  expect((await project.pushRun(['push', 'latest'])).exitCode).toBe(0)
  expect(project.spent()).toBe(spent)
  expect(pushedAs(project.fake, project.only())).toHaveLength(1)
  expect(project.fake.state.events.altered()).toEqual([])
})

test('C7: two pushes at once send everything, and nothing twice', async () => {
  const project = await standardProject({}, SMALL)
  await project.run(['run', 'exp.ts'])
  project.fake.script({ on: 'post-events', fault: delay(30) })
  const both = await Promise.all([project.pushRun(['push', 'latest']), project.pushRun(['push', '--all'])])
  expect(both.map(({ exitCode }) => exitCode)).toEqual([0, 0])
  expectDelivered(project)
  expect(project.fake.state.events.resent()).toEqual([])
})

test('C7: a push beside the run that pushes leaves the experiment to it', async () => {
  const project = await standardProject({
    'held.ts': experiment(
      `${numbered(20)} evaluators: {},
      task: async (input) => { if (input === 10) { console.log('held'); while (!existsSync('go')) await sleep(20) } return input },`,
      "import { existsSync } from 'node:fs'\nimport { setTimeout as sleep } from 'node:timers/promises'",
    ),
  })
  const cli = project.start(['run', 'held.ts'], { env: { ...project.fake.env, ...canaries } })
  await cli.prints(/held/)
  const { exitCode, stderr } = await project.pushRun(['push', 'latest'])
  project.write('go', '')
  expect(exitCode).toBe(2)
  expect(stderr).toContain('E_STORE_LOCKED')
  expect((await cli.ended).exitCode).toBe(0)
  expectDelivered(project)
  expect(project.fake.state.events.spans()).toHaveLength(20)
})
