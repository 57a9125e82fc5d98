import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'
import { createDatadogBackend } from '../../src/backends/datadog/backend.ts'
import { readDatadogSettings } from '../../src/backends/datadog/settings.ts'
import { createClock } from '../../src/cli/system.ts'
import type { PushedExperiment, PushedPart } from '../../src/model/backend.ts'
import type { Row, RowEvaluation } from '../../src/model/row.ts'
import { startFakeDatadog } from '../helpers/fake-datadog/fake-datadog.ts'

const page = readFileSync(fileURLToPath(new URL('../../docs/datadog.md', import.meta.url)), 'utf8')
const at = Date.parse('2026-11-22T08:15:03.500Z')
const run = { iteration: 1, runId: '0c9a7e0e-5c3e-4f5e-9a53-2f1f7f3f8a10' }
const { signal } = new AbortController()
const timing = { startedAt: at - 500, durationMs: 420.5, queueMs: 0, retryWaitMs: 0, attempts: 1 }
const stamp = { seq: 1, at }

const exact: RowEvaluation = {
  ...stamp,
  ...timing,
  evaluator: 'exact',
  status: 'ok',
  evaluations: [{ label: 'exact', type: 'boolean', value: true, reasoning: 'same word', assessment: 'pass' }],
}

const row: Row = {
  ...stamp,
  key: 'fr',
  iteration: 1,
  generation: 0,
  position: 0,
  status: 'ok',
  record: {
    key: 'fr',
    contentHash: '0000000000000000',
    input: '{"country":"France"}',
    expectedOutput: '"Paris"',
    tags: ['area:eu'],
  },
  task: { ...timing, status: 'ok', output: '"Paris"' },
  evaluations: [exact],
}

const experiment: PushedExperiment = {
  experimentId: '20261122t081503-k3f9q2',
  name: 'capitals',
  project: 'geography',
  config: '{"model":"small-1"}',
  tags: { team: 'maps' },
  runs: 1,
  toolVersion: '0.1.0',
  git: { commit: '4f0c2d1', repository: 'https://github.com/example/maps.git' },
  dataset: {
    name: 'capitals',
    description: 'jsonl ./capitals.jsonl',
    isWhole: true,
    async *records() {
      yield [row.record]
    },
  },
}

/** Everything that is sent of one experiment. */
async function push(): Promise<string[]> {
  const fake = await startFakeDatadog({ now: () => at })
  onTestFinished(() => fake.close())
  fake.seed.ids(
    '784231a1-73e6-43c3-b252-72c6b7a8c3d2',
    '8561fdf2-95bd-432c-b16e-0497e3aaace8',
    '36edd2e4-f164-4bd6-995d-7def6c978277',
    'ec6d3a8c-5b1f-4d2e-9a57-0c1f4a7b2d11',
  )
  const found = readDatadogSettings(fake.env)
  if (found.status === 'missing') throw new Error('keys are missing')
  const backend = createDatadogBackend(found.settings, { clock: createClock() })
  onTestFinished(() => backend.close())
  await backend.check(signal)
  const session = await backend.open(experiment, { signal })
  const parts: PushedPart[] = [
    { kind: 'row', row },
    { kind: 'evaluation', row, evaluation: exact },
    { kind: 'summary', summaries: [{ name: 'accuracy', status: 'ok', type: 'score', value: 1 }] },
  ]
  const items = parts.flatMap((part, seq) => session.encode({ ...part, seq, run, time: { at } }, 0) ?? [])
  await session.write({ ...run, items }, signal)
  await session.close({ status: 'passed', exitCode: 0 }, signal)
  return fake.requests.map(({ method, path, query, text }) => {
    const search = query.size === 0 ? '' : `?${query}`
    const body = text === '' ? '' : `\n${JSON.stringify(JSON.parse(text), undefined, 2)}`
    return `${method} ${decodeURIComponent(path + search)}${body}`
  })
}

/** What stands in the page's blocks of requests; line breaks and blanks within do not count. */
function examples(): string[] {
  return Array.from(page.matchAll(/^```http\n(.*)\n([\s\S]*?)^```$/gm), ([, head = '', body = '']) =>
    body === '' ? head : `${head}\n${JSON.stringify(JSON.parse(body), undefined, 2)}`,
  )
}

test('the examples of requests are all that is sent of an experiment, in this order', async () => {
  expect(examples()).toEqual(await push())
})
