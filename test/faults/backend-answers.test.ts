import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import {
  answer,
  applyTwice,
  close,
  delay,
  type Fault,
  gzipBomb,
  html,
  hugeBody,
  malformedJson,
  rateLimited,
  redirect,
  reject,
  silence,
  truncate,
} from '../helpers/fake-datadog/faults.ts'
import type { RecordedRequest } from '../helpers/fake-datadog/recorder.ts'
import { pushedAs, standard, standardProject, startFake } from '../helpers/pushed.ts'
import { age } from './age.ts'
import { canaries, expectDelivered, expectNoSecrets, expectPushDelivers, expectSound } from './sound.ts'

// Faults of a backend that answers, and not as it should. The numbers are those of the plan of faults.

const RUN = ['run', 'exp.ts']

describe('B7: a backend that asks for patience', () => {
  const seconds = (count: number): string => String(count)

  test.each([
    ['2 seconds', () => ({ 'retry-after': seconds(2) }), 2_000],
    ['a reset in 1 second', () => ({ 'x-ratelimit-reset': seconds(1) }), 1_000],
    ['no time at all', () => ({ 'retry-after': seconds(0) }), 0],
    ['less than no time', () => ({ 'retry-after': seconds(-5) }), 0],
    ['what is no time', () => ({ 'retry-after': 'abc' }), 0],
    ['nothing in particular', () => ({}), 0],
  ])('and says %s is asked again no sooner, and by one request at a time', async (_name, headers, advised) => {
    const project = await standardProject()
    const limited = project.fake.script({ on: 'post-events', times: 2, fault: rateLimited(headers()) })
    const result = await project.pushRun(RUN, canaries)
    expectSound(project, result, { exitCode: 0 })
    expectDelivered(project)
    expect(limited.spoiled).toBe(2)

    const posts = project.fake.asked('post-events')
    const limits = posts.filter(isLimited).map(({ outcome }) => endOf(outcome))
    const probes = posts.filter(({ arrivedAt }) => arrivedAt > Math.min(...limits)).slice(0, limited.spoiled)
    expect(probes.length).toBeGreaterThan(0)
    for (const [index, { arrivedAt }] of probes.entries()) {
      const last = Math.max(...limits.filter((end) => end <= arrivedAt))
      expect(arrivedAt - last).toBeGreaterThanOrEqual(advised)
      expect(arrivedAt).toBeGreaterThan(endOf(probes[index - 1]?.outcome))
    }
  })

  test('until a date is asked again no sooner', async () => {
    const project = await standardProject()
    const date = new Date(Date.now() + 5_000).toUTCString()
    const limited = project.fake.script({ on: 'post-events', times: 2, fault: rateLimited({ 'retry-after': date }) })
    expectSound(project, await project.pushRun(RUN, canaries), { exitCode: 0 })
    const probe = project.fake.asked('post-events').slice(limited.spoiled)[0]
    expect(performance.timeOrigin + (probe?.arrivedAt ?? 0)).toBeGreaterThanOrEqual(Date.parse(date))
    expectDelivered(project)
  })

  test('for longer than anybody waits is left alone, and push delivers when it takes something again', async () => {
    const project = await standardProject()
    const limited = project.fake.script({ on: 'post-events', fault: rateLimited({ 'retry-after': '1e9' }) })
    const result = await project.pushRun([...RUN, '--push-timeout', '2s'], canaries)
    expectSound(project, result, { exitCode: 3 })
    expect(limited.spoiled).toBeLessThanOrEqual(2)
    project.fake.clearScript()
    await expectPushDelivers(project)
  })
})

test.each([401, 403])('B10: %i at the start ends the command before the first task', async (status) => {
  const project = await standardProject()
  project.fake.script({ fault: answer(status, { body: { errors: ['Forbidden'] } }) })
  const result = await project.pushRun(RUN, canaries)
  expect([result.exitCode, project.spent(), project.stored()]).toEqual([2, 0, []])
  expect(project.fake.requests).toHaveLength(1)
  expectNoSecrets(project, result)
})

test('B11: keys that are revoked in the middle of the run end the push, not the run', async () => {
  const project = await standardProject()
  const cli = project.start(RUN, { env: { ...project.fake.env, ...canaries, LATENCY: '40' } })
  await cli.until(() => project.spent() >= 100)
  project.fake.revokeKeys()
  const before = project.fake.requests.length
  const result = await cli.ended
  expectSound(project, result, { exitCode: 3 })
  expect(result.stderr).toContain('warning W_BACKEND_REFUSED: ')
  expect(project.fake.requests.length - before).toBeLessThanOrEqual(4)
  project.fake.restoreKeys()
  await expectPushDelivers(project)
})

describe('B12: a batch with one poison event', () => {
  const isPoisoned = (request: RecordedRequest): boolean =>
    request.operation === 'post-events' && request.text.includes('"n":42,')

  test('is taken apart: the one event is set aside with the reason, all others are delivered', async () => {
    const project = await standardProject()
    const reason = String.raw`cannot parse C:\users \ud800`
    const poison = project.fake.script({
      on: isPoisoned,
      fault: answer(400, { body: { errors: [{ detail: reason }] } }),
    })
    const result = await project.pushRun([...RUN, '--runs', '1'], canaries)
    const { id, folder } = project.only()
    expectSound(project, result, { exitCode: 3, rows: 100 })
    expect(project.fake.state.events.spans()).toHaveLength(99)
    expect(project.fake.state.events.metrics()).toHaveLength(201)
    // Of one run there are 301 events.
    expect(poison.spoiled).toBeLessThanOrEqual(2 * Math.log2(301) + 2)
    expect(readFileSync(join(folder, 'push.jsonl'), 'utf8')).toContain('"type":"rejected"')
    expect(result.lastLine).toContain('1 rejected by 127.0.0.1')
    expect(result.lastLine).toMatch(new RegExp(`; what was rejected is kept: llmobs-exp show ${id}$`))

    const again = await project.pushRun(['push', id])
    expect(again.exitCode).toBe(3)
    expect(project.fake.state.events.resent()).toEqual([])
  })

  test('that only looks like one is delivered whole', async () => {
    const project = await standardProject({ 'exp.ts': HOSTILE })
    const result = await project.pushRun(RUN, canaries)
    expect(result).toMatchObject({ exitCode: 0 })
    expectDelivered(project)
  })
})

const HOSTILE = `import { defineExperiment } from 'llmobs-exp'
const texts = ['C:\\\\users', '\\ud800', '\\u0000', '\\u2028', '__proto__', '"}]}', '\\\\u0041']
export default defineExperiment({
  name: 'hostile',
  dataset: texts.map((text, n) => ({ id: 'h' + n, input: { text }, expectedOutput: text, metadata: { text } })),
  task: ({ text }) => ({ text, ['__proto__']: text }),
  evaluators: { same: ({ output, expectedOutput }) => ({ value: output.text === expectedOutput, reasoning: output.text }) },
})
`

describe('B13: a backend that takes only so much at once', () => {
  test.each([1_000_000, 100_000])('of %i bytes gets everything in pieces', async (maxBodyBytes) => {
    const project = await standardProject({}, { maxBodyBytes })
    const result = await project.pushRun(RUN, canaries)
    expectSound(project, result, { exitCode: 0 })
    expectDelivered(project)
  })

  test('gets a single event that is too large with something cut away, and the local copy stays whole', async () => {
    const project = await standardProject({ 'exp.ts': LARGE }, { maxBodyBytes: 100_000 })
    const result = await project.pushRun(RUN)
    expect(result.exitCode).toBe(0)
    expectDelivered(project)
    const [span] = project.fake.state.events.spans()
    expect(span?.hits[0]?.text).toContain('truncated:true')
    expect(JSON.stringify(project.only().rows[0]?.output)).toHaveLength(300_002)
  })

  test('and of which not even that is little enough sets it aside', async () => {
    const project = await standardProject({ 'exp.ts': LARGE })
    project.fake.script({
      on: ({ operation, text }) => operation === 'post-events' && /"spans":\[\{/.test(text),
      fault: answer(413),
    })
    const { exitCode, lastLine } = await project.pushRun(RUN)
    expect(exitCode).toBe(3)
    expect(lastLine).toContain('1 rejected by 127.0.0.1')
  })
})

const LARGE = `import { defineExperiment } from 'llmobs-exp'
export default defineExperiment({ name: 'large', dataset: [{ input: 1 }], task: () => 'x'.repeat(300_000), evaluators: { one: () => 1 } })
`

test.each<readonly [string, Fault]>([
  ['202 and nothing', answer(202)],
  ['200 and an empty object', answer(200, { body: {} })],
  ['200 and half of a JSON text', malformedJson()],
  ['200 and a page', html(200)],
  ['200 and 5 MB', hugeBody(5_000_000)],
  ['200 and a gzip bomb of 10 GB', gzipBomb(10_000_000_000)],
])('B14: %s is a success', async (_name, fault) => {
  const project = await standardProject()
  project.fake.script({ on: ['post-events', 'update-experiment'], fault })
  expectSound(project, await project.pushRun(RUN, canaries), { exitCode: 0 })
  expectDelivered(project)
})

test.each([200, 207])(
  'B15: what %i says was rejected is set aside, and what was accepted is not sent again',
  async (status) => {
    const project = await standardProject()
    const isThird = ({ span_id }: { readonly [name: string]: unknown }): boolean => /^[0-4]/.test(String(span_id))
    project.fake.script({ on: 'post-events', times: 1, fault: reject({ status, rejects: isThird }) })
    const result = await project.pushRun(RUN, canaries)
    expectSound(project, result, { exitCode: 3 })
    expect(result.lastLine).toMatch(/\d+ rejected by 127\.0\.0\.1/)
    const again = await project.pushRun(['push', 'latest'])
    expect(again.exitCode).toBe(3)
    expect(project.fake.state.events.resent()).toEqual([])
  },
)

test.each<readonly [string, Fault]>([
  ['an answer that is cut off', truncate()],
  ['a connection that is reset when the events are in', close('after-applying')],
])('B16: after %s the same events come once more, and are the same', async (_name, fault) => {
  const project = await standardProject()
  project.fake.script({ on: 'post-events', nth: 1, fault })
  expectSound(project, await project.pushRun(RUN, canaries), { exitCode: 0 })
  expectDelivered(project)
  expect(project.fake.state.events.resent().length).toBeGreaterThan(0)
})

test('B17: a backend that does everything twice, and answers in any order, has everything under the same names', async () => {
  const project = await standardProject({}, { maxBodyBytes: 100_000 })
  // Of an experiment that is made twice there are two, and the answer names one of them.
  project.fake.script({ on: ({ operation }) => operation !== 'create-experiment', fault: applyTwice() })
  project.fake.script({ fault: delay((random) => random() * 50) })
  expectSound(project, await project.pushRun(RUN, canaries), { exitCode: 0 })
  expectDelivered(project)
})

test.each<readonly [string, Fault]>([
  ['whose connection is reset', close('after-applying')],
  ['that is never answered', silence({ applied: true })],
])('B18: an experiment that was made by a request %s is found, not made again', async (_name, fault) => {
  const project = await standardProject()
  project.fake.script({ on: 'create-experiment', nth: 1, fault })
  expectSound(project, await project.pushRun(RUN, canaries), { exitCode: 0 })
  expectDelivered(project)
  expect(project.fake.state.experiments.size).toBe(1)
})

describe('B19: a redirect', () => {
  test('to another host is not followed, so that no key goes there', async () => {
    const [project, elsewhere] = await Promise.all([standardProject(), startFake()])
    project.fake.script({ on: 'post-events', fault: redirect(302, `${elsewhere.origin}/steal`) })
    const result = await project.pushRun(RUN, canaries)
    expectSound(project, result, { exitCode: 3 })
    expect(result.stderr).toContain('302, which is a redirect and is not followed')
    expect(elsewhere.requests).toEqual([])
    project.fake.clearScript()
    await expectPushDelivers(project)
  })

  test('to where it came from ends as well', async () => {
    const project = await standardProject()
    project.fake.script({ on: 'post-events', fault: redirect(307, project.fake.origin) })
    expectSound(project, await project.pushRun(RUN, canaries), { exitCode: 3 })
  })

  test('of the first question is somebody else answering, and nothing is spent', async () => {
    const project = await standardProject()
    project.fake.script({ fault: redirect(302, 'http://portal.invalid') })
    const { exitCode, stderr } = await project.pushRun(RUN)
    expect([exitCode, project.spent()]).toEqual([2, 0])
    expect(stderr).toContain('E_BACKEND_REFUSED')
  })
})

describe('B23: results that are 25 hours old', () => {
  test('are left unsent and told, and delivered with new times where that is wanted', async () => {
    const project = await standardProject()
    await project.run(RUN)
    const { id, folder } = project.only()
    age(folder, 25)
    const refused = await project.pushRun(['push', id])
    expect(refused.exitCode).toBe(3)
    expect(refused.lastLine).toContain('older than 24 hours')
    expect(refused.lastLine).toContain('--restamp')
    expect(project.fake.state.events.all()).toEqual([])
    const dry = await project.pushRun(['push', id, '--dry-run'])
    expect(dry.stdout).toContain('602 events (200 spans, 402 metrics)')
    expect(dry.stdout).toContain('602 events too old without --restamp')

    await expectPushDelivers(project, ['--restamp'])
    const [span] = project.fake.state.events.spans()
    expect(span?.hits[0]?.text).toMatch(/original_(?:start|timestamp)/)
    expect(readFileSync(join(folder, 'push.jsonl'), 'utf8')).toContain('"type":"restamped"')
    expect(pushedAs(project.fake, { id })).toHaveLength(1)
    expect(project.fake.state.events.spans()).toHaveLength(standard.rows)
  })
})

test('B24: keys do not go over http to another machine', async () => {
  const project = await standardProject()
  const env = { ...canaries, DD_LLMOBS_OVERRIDE_ORIGIN: 'http://192.0.2.1' }
  const result = await project.pushRun(RUN, env)
  expect([result.exitCode, project.spent()]).toEqual([2, 0])
  expect(result.stderr).toContain('E_BACKEND_SETTINGS')
  expectNoSecrets(project, result)
})

function isLimited({ outcome }: RecordedRequest): boolean {
  return statusOf(outcome) === 429
}

function statusOf(outcome: RecordedRequest['outcome']): number {
  return outcome.type === 'answered' ? outcome.status : 0
}

function endOf(outcome: RecordedRequest['outcome'] | undefined): number {
  if (outcome === undefined) return 0
  return outcome.type === 'pending' ? Number.POSITIVE_INFINITY : outcome.at
}
