import { describe, expect, test } from 'vitest'
import type { RunningCli } from '../helpers/cli.ts'
import { answer, close, delay, silence, trickle } from '../helpers/fake-datadog/faults.ts'
import { type PushProject, standardProject } from '../helpers/pushed.ts'
import { canaries, expectDelivered, expectPushDelivers, expectSound } from './sound.ts'

// Faults of a backend that is not there, or is not there all the time. The numbers are those of the plan of faults.

function start(project: PushProject, args: readonly string[] = [], env = {}): RunningCli {
  return project.start(['run', 'exp.ts', ...args], { env: { ...project.fake.env, ...canaries, ...env } })
}

test('B1: a backend that refuses every connection costs nothing but the delivery', async () => {
  const project = await standardProject()
  await project.fake.stop()
  const result = await start(project, ['--push-timeout', '300ms']).ended
  expectSound(project, result, { exitCode: 3 })
  await project.fake.start()
  await expectPushDelivers(project)
})

test('B2: a backend that comes up after 50 rows gets everything', async () => {
  const project = await standardProject()
  await project.fake.stop()
  const cli = start(project, [], { LATENCY: '40' })
  await cli.until(() => project.spent() >= 50)
  await project.fake.start()
  expectSound(project, await cli.ended, { exitCode: 0 })
  expectDelivered(project)
})

test('B3: a backend that is gone for a while in the middle of the run gets everything', async () => {
  const project = await standardProject()
  const cli = start(project, [], { LATENCY: '40' })
  await cli.until(() => project.spent() >= 100)
  await project.fake.stop()
  await cli.prints(/waiting up to .* for what is still to be pushed/)
  await project.fake.start()
  expectSound(project, await cli.ended, { exitCode: 0 })
  expectDelivered(project)
  // A backend that has failed five times is asked again after half a minute.
}, 100_000)

test('B4: a backend that is gone for good during the last wait has a part, and push sends the rest', async () => {
  const project = await standardProject()
  let isGone = false
  project.fake.script({ during: () => isGone, fault: close('before-reading') })
  const ending = start(project, ['--push-timeout', '1500ms'], { LATENCY: '20' })
  await project.fake.until(() => project.fake.asked('post-events').some(({ outcome }) => outcome.type === 'answered'))
  isGone = true
  const result = await ending.ended
  expectSound(project, result, { exitCode: 3 })
  const spans = project.fake.state.events.spans().length
  expect([spans > 0, spans < 200]).toEqual([true, true])
  isGone = false
  await expectPushDelivers(project)
})

describe('B5: a name that cannot be looked up', () => {
  test('is a backend that is not there', async () => {
    const project = await standardProject()
    const env = { DD_LLMOBS_OVERRIDE_ORIGIN: 'https://api.invalid' }
    const result = await start(project, ['--push-timeout', '300ms'], env).ended
    expectSound(project, result, { exitCode: 3 })
    expect(result.stderr).toMatch(/W_BACKEND_UNREACHABLE: .*api\.invalid: (?:its name could not|there is no such host)/)
    await expectPushDelivers(project)
  })

  test('is tried again until it can', async () => {
    const project = await standardProject({ 'dns.cjs': FAILING_LOOKUPS })
    const env = {
      DD_LLMOBS_OVERRIDE_ORIGIN: `http://localhost:${project.fake.port}`,
      NODE_OPTIONS: `--require ${project.folder}/dns.cjs`,
    }
    const result = await start(project, [], env).ended
    expectSound(project, result, { exitCode: 0 })
    expect(result.stderr).toContain('EAI_AGAIN')
    expectDelivered(project)
  })
})

/** Of the first three names that are looked up nothing is known. */
const FAILING_LOOKUPS = `const dns = require('node:dns')
const { lookup } = dns
let failures = 3
dns.lookup = (hostname, ...rest) => {
  if (failures-- <= 0) return lookup('127.0.0.1', ...rest)
  const error = Object.assign(new Error('getaddrinfo EAI_AGAIN ' + hostname), { code: 'EAI_AGAIN', syscall: 'getaddrinfo' })
  process.nextTick(rest.at(-1), error)
}
`

describe('B6: a backend that takes its time slows no task and ends with the time of the last wait', () => {
  test.each([
    ['that says nothing for two minutes', delay(120_000)],
    ['that sends a byte a second', [answer(200, { body: { data: [] } }), trickle(1)]],
    ['that accepts connections and never says anything', silence()],
  ])('one %s', async (_name, fault) => {
    const project = await standardProject()
    project.fake.script({ fault })
    const result = await start(project, ['--push-timeout', '500ms'], { LATENCY: '20' }).ended
    expectSound(project, result, { exitCode: 3 })
    expect(result.stderr).toMatch(/^warning W_BACKEND_UNREACHABLE: 127\.0\.0\.1:\d+ did not answer within 2 s/m)
    project.fake.clearScript()
    await expectPushDelivers(project)
  })
})

test('B8: a backend of whose answers every third is a failure gets everything', async () => {
  const project = await standardProject({}, { maxBodyBytes: 200_000 })
  const failing = project.fake.script({ probability: 0.3, fault: answer(500) })
  const result = await start(project, [], { LATENCY: '20' }).ended
  expectSound(project, result, { exitCode: 0 })
  expect(failing.spoiled).toBeGreaterThan(0)
  expect(project.fake.state.events.resent()).toEqual([])
  expectDelivered(project)
})

test('B9: a backend that fails from row 50 on is asked a few times, and then hardly ever', async () => {
  const project = await standardProject()
  const cli = start(project, ['--push-timeout', '12s'], { LATENCY: '20' })
  await cli.until(() => project.spent() >= 50)
  const failing = project.fake.script({ fault: answer(503) })
  const result = await cli.ended
  expectSound(project, result, { exitCode: 3 })
  // Two at once, the next ones by themselves, and none after the fifth failure in a row for half a minute.
  expect(failing.spoiled).toBeGreaterThan(2)
  expect(failing.spoiled).toBeLessThanOrEqual(7)
  project.fake.clearScript()
  await expectPushDelivers(project)
})
