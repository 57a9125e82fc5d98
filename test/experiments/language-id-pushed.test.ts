import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { readSentences } from '../../experiments/language-id/sentences.ts'
import { cliProject } from '../helpers/cli.ts'
import { lastEvent } from '../helpers/fake-datadog/event-log.ts'
import { compare, equal, pushedAs, startFake } from '../helpers/pushed.ts'
import type { LogEvent } from '../helpers/stored.ts'

const file = fileURLToPath(new URL('../../experiments/language-id.ts', import.meta.url))
const MAX_REQUEST = 1024 * 1024
/** Records that are run; the whole experiment takes its time to name languages. */
const SAMPLE = 300

/** Labels that an event of the log brings, and the types of their values. */
function typesOf({ evaluations, summaries }: LogEvent): (readonly [unknown, unknown])[] {
  if (Array.isArray(evaluations)) return evaluations.map(({ label, type }) => [label, type] as const)
  return Array.isArray(summaries) ? summaries.map(({ name, type }) => [name, type] as const) : []
}

test('language-id delivers every row of both variants and runs, each value in its own type, in batches under the limits', async () => {
  const fake = await startFake()
  const project = await cliProject()
  const args = ['run', file, '--jobs', '10', '--runs', '2', '-n', String(SAMPLE), '--sample-seed', '1']
  const { exitCode, lastLine } = await project.run(args, { env: fake.env })
  const stored = project.stored()

  expect([exitCode, lastLine.startsWith('passed: ')]).toEqual([0, true])
  expect(stored.map(({ rows }) => rows.length)).toEqual([2 * SAMPLE, 2 * SAMPLE])
  expect(stored.map((one) => compare(fake, one))).toEqual([equal, equal])
  expect(stored.map((one) => pushedAs(fake, one).map(({ status }) => status))).toEqual([['completed'], ['completed']])
  expect(fake.state.events.spans()).toHaveLength(4 * SAMPLE)
  expect(fake.state.events.resent()).toEqual([])

  const datasets = [...fake.state.datasets.values()]
  const sizes = datasets.map(({ name, snapshots }) => [name, snapshots.at(-1)?.records.size])
  expect(sizes).toEqual([['language-id', readSentences().length]])

  const types = fake.state.events.metrics().map((metric) => [metric.label, lastEvent(metric).metric_type] as const)
  expect(new Map(types)).toEqual(new Map(stored.flatMap(({ events }) => events.flatMap(typesOf))))

  const posts = fake.asked('post-events')
  expect(Math.max(...posts.map(({ bytes }) => bytes.length))).toBeLessThanOrEqual(MAX_REQUEST)
  expect(fake.mostInFlight('post-events')).toBeLessThanOrEqual(2)
}, 60_000)
