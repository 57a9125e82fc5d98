import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createDatadogRemote } from '../../../src/backends/datadog/remote.ts'
import { storePulled } from '../../../src/backends/local/pull/store-pulled.ts'
import { openLocalStore } from '../../../src/backends/local/store.ts'
import { createOddities } from '../../../src/model/oddities.ts'
import type { FakeDatadog } from '../../helpers/fake-datadog/fake-datadog.ts'
import { answer } from '../../helpers/fake-datadog/faults.ts'
import type { JsonObject } from '../../helpers/fake-datadog/json.ts'
import { readStore, type Stored } from '../../helpers/stored.ts'
import { tempFolder } from '../../helpers/temp-folder.ts'
import { hurriedClock, settingsOf, signal, startFake } from './helpers/push.ts'

const MADE = 1_795_334_400_000
const ID = 'ec6d3a8c-5b1f-4d2e-9a57-0c1f4a7b2d11'

interface Foreign {
  readonly spans: readonly JsonObject[]
  readonly metrics?: readonly JsonObject[]
  readonly tags?: readonly string[]
  readonly status?: string
  readonly name?: string
  readonly runs?: number
}

/** An experiment that another client has sent, past all checks. */
async function foreign({ spans, metrics = [], tags = [], status = 'completed', name = 'exp', runs = 1 }: Foreign) {
  const fake = await startFake({ pageSize: 3, now: () => MADE })
  const project = fake.seed.project({ name: 'default-project' })
  const seeded = fake.seed.experiment({ id: ID, projectId: project.id, name, status, metadata: { tags: [...tags] } })
  fake.state.experiments.set(ID, { ...seeded, runCount: runs })
  spans.forEach((span, index) => add(fake, 'span', { span_id: `${index}`, ...span }))
  metrics.forEach((metric) => add(fake, 'metric', metric))
  return fake
}

let requests = 0
function add(fake: FakeDatadog, kind: 'span' | 'metric', event: JsonObject): void {
  requests++
  const hit = { request: requests, at: fake.time.tick(), text: JSON.stringify([requests, event]), event }
  const spanId = String(event.span_id ?? '')
  const label = String(event.label ?? '')
  fake.state.events.add({ kind, experimentId: ID, spanId, label, runId: String(event.run ?? '') }, hit)
}

async function pulled(fake: FakeDatadog): Promise<Stored & { readonly warnings: readonly string[] }> {
  const remote = createDatadogRemote(settingsOf(fake), { clock: hurriedClock(fake) })
  onTestFinished(() => remote.close())
  const folder = join(await tempFolder(), 'store')
  const oddities = createOddities()
  const opened = await remote.pullExperiment({ id: ID, oddities }, signal)
  await storePulled({
    ...opened,
    store: openLocalStore(folder),
    oddities,
    now: MADE,
    toolVersion: '0.0.0',
    owner: { pid: 1, host: 'here' },
    isGone: () => false,
  })
  const [stored] = readStore(folder)
  if (stored === undefined) throw new Error('it is not there')
  return { ...stored, warnings: oddities.list() }
}

function span(
  recordId: string,
  more: JsonObject = {},
  tags: readonly string[] = ['run_id:a', 'run_iteration:1'],
): JsonObject {
  return {
    start_ns: (MADE + 1_000) * 1_000_000,
    duration: 2_000_000,
    status: 'ok',
    meta: { input: { of: recordId }, output: 'Paris' },
    tags: [`dataset_record_id:${recordId}`, ...tags],
    ...more,
  }
}

function metric(spanId: string, label: string, more: JsonObject): JsonObject {
  return { span_id: spanId, label, timestamp_ms: MADE + 2_000, ...more }
}

function problemsOf({ events }: Stored): unknown[] {
  return events.filter(({ type }) => type === 'problem').map(({ code, message }) => [code, message])
}

describe('an experiment of another client', () => {
  it('is stored without a word where nothing is odd about it', async () => {
    const stored = await pulled(
      await foreign({
        spans: [
          span('fr'),
          span('jp', {
            status: 'error',
            meta: { input: 1, output: null, error: { type: 'ValueError', message: 'no' } },
          }),
        ],
        metrics: [
          metric('0', 'exact', { metric_type: 'boolean', boolean_value: true, status: 'OK', error: null }),
          metric('1', 'exact', { metric_type: 'categorical', categorical_value: null, status: 'OK' }),
        ],
      }),
    )
    expect(stored.warnings).toEqual([])
    expect(stored.rows.map(({ key, status, output, error }) => [key, status, output, error?.name])).toEqual([
      ['fr', 'ok', 'Paris', undefined],
      ['jp', 'error', undefined, 'ValueError'],
    ])
    expect(stored.rows.map(({ evaluations }) => evaluations.exact)).toMatchObject([
      { status: 'ok', evaluations: [{ label: 'exact', type: 'boolean', value: true }] },
      { status: 'skipped', reason: 'not-applicable' },
    ])
    expect(stored.manifest.state.outcome).toEqual({ status: 'passed', exitCode: 0 })
  })

  it('vector 39: of several metrics of a label the latest holds, {} is no error, and the record is the tag’s', async () => {
    const score = (value: number, at: number) =>
      metric('18038324847088772928', 'judge', { metric_type: 'score', score_value: value, timestamp_ms: at })
    const stored = await pulled(
      await foreign({
        spans: [span('fr', { span_id: '18038324847088772928', meta: { input: 'q', output: 'Beijing', error: {} } })],
        metrics: [score(0.25, MADE + 5), score(0.75, MADE + 9), score(0.5, MADE + 7)],
      }),
    )
    expect(stored.rows).toHaveLength(1)
    expect(stored.rows[0]).toMatchObject({
      key: 'fr',
      status: 'ok',
      evaluations: { judge: { status: 'ok', evaluations: [{ label: 'judge', type: 'score', value: 0.75 }] } },
    })
  })

  it('keeps errors and statuses of evaluators', async () => {
    const stored = await pulled(
      await foreign({
        spans: [span('fr')],
        metrics: [
          metric('0', 'threw', { metric_type: 'categorical', error: { message: 'boom' } }),
          metric('0', 'limited', {
            metric_type: 'categorical',
            categorical_value: null,
            status: 'WARN',
            reasoning: 'busy',
          }),
          metric('0', 'typed', {
            metric_type: 'score',
            error: { type: 'RateLimit', message: 'slow', stack: 'at x' },
            status: 'ERROR',
          }),
          metric('0', 'late', { metric_type: 'categorical', error: { type: 'E_EVALUATOR_TIMEOUT', message: 'late' } }),
        ],
      }),
    )
    const { evaluations } = stored.rows[0] ?? {}
    expect(evaluations).toMatchObject({
      threw: { status: 'error', error: { code: 'E_EVALUATOR', name: 'Error', message: 'boom' } },
      limited: { status: 'error', error: { name: 'WARN', message: 'busy' } },
      typed: { status: 'error', error: { name: 'RateLimit', message: 'slow', stack: 'at x' } },
      late: { status: 'timeout', error: { code: 'E_EVALUATOR_TIMEOUT', message: 'late' } },
    })
  })

  it('with nothing but inputs and outputs is one run whose records have the keys of their inputs', async () => {
    const meta = (input: string) => ({ tags: [], meta: { input, output: 1 } })
    const stored = await pulled(
      await foreign({
        spans: [meta('a'), meta('a'), meta('b')],
        metrics: [metric('0', 'exact', { metric_type: 'score', score_value: 1 })],
      }),
    )
    expect(stored.rows).toHaveLength(3)
    expect(new Set(stored.rows.map(({ key }) => key.replace(/^[0-9a-f]{16}/, ''))).size).toBe(2)
    expect(stored.events.filter(({ type }) => type === 'run-started')).toMatchObject([{ iteration: 1, runId: '' }])
    expect(stored.events.every(({ at }) => at >= MADE - 1_000 && at <= MADE + 60_000)).toBe(true)
    expect([...stored.warnings].sort()).toEqual(
      [
        '3 rows without a duration: 0 stands in its place',
        '3 rows without the id of a record: the input stands in its place',
        '3 rows without a run: taken for one run',
        '3 rows without a time: that of the experiment stands in its place',
        '2 values of evaluators missing, and neither an error nor a word of why',
      ].sort(),
    )
    expect(problemsOf(stored).map(String).sort()).toEqual(
      stored.warnings.map((message) => `W_PULLED,${message}`).sort(),
    )
  })

  it('that counts its runs from 0, or gives all the same number, has them counted from 1', async () => {
    const of = (run: string, at: number, iteration: number) =>
      span('fr', { start_ns: (MADE + at) * 1_000_000 }, [`run_id:${run}`, `run_iteration:${iteration}`])
    const runsOf = ({ events }: Stored) =>
      events.filter(({ type }) => type === 'run-started').map(({ iteration, runId }) => [iteration, runId])
    const same = await pulled(await foreign({ spans: [of('late', 9, 0), of('early', 3, 0)] }))
    const fromZero = await pulled(await foreign({ spans: [of('b', 3, 1), of('a', 9, 0)] }))
    const gap = await pulled(await foreign({ spans: [of('c', 3, 3), of('a', 9, 1)], runs: 3 }))
    expect(runsOf(same)).toEqual([
      [1, 'early'],
      [2, 'late'],
    ])
    expect(runsOf(fromZero)).toEqual([
      [1, 'a'],
      [2, 'b'],
    ])
    expect(runsOf(gap)).toEqual([
      [1, 'a'],
      [3, 'c'],
    ])
    expect(fromZero.warnings).toEqual(['2 runs numbered anew, in the order in which they began'])
    expect(gap.warnings).toEqual([])
    expect(gap.manifest.options).toMatchObject({ runs: 3 })
    expect(gap.manifest.state.rows).toMatchObject({ ok: 2, pending: 1 })
  })

  it('keeps of a row that was run anew the latest, and leaves out spans within tasks', async () => {
    const stored = await pulled(
      await foreign({
        spans: [
          span('fr', { start_ns: (MADE + 50) * 1_000_000, meta: { input: 1, output: 'second' } }),
          span('fr', { start_ns: (MADE + 10) * 1_000_000, meta: { input: 1, output: 'first' } }),
          span('fr', { parent_id: '0123456789abcdef', meta: { input: 1, output: 'a call of a model' } }),
          span('jp', { parent_id: 'undefined' }),
        ],
      }),
    )
    expect(stored.rows.map(({ key, output }) => [key, output])).toEqual([
      ['fr', 'second'],
      ['jp', 'Paris'],
    ])
    expect(stored.warnings).toEqual([
      '1 span of calls within tasks left out',
      '1 row of the same record in the same run left out: the latest stands',
    ])
  })

  it('takes summaries of its only run for that run’s, and leaves those out that could be of any', async () => {
    const summary = (more: JsonObject) => ({
      label: 'share',
      metric_type: 'score',
      metric_source: 'summary',
      timestamp_ms: MADE,
      tags: [],
      ...more,
    })
    const one = await pulled(
      await foreign({
        spans: [span('fr')],
        metrics: [summary({ score_value: 0.5 }), { ...summary({ error: { message: 'no' } }), label: 'broken' }],
      }),
    )
    const second = span('fr', { start_ns: MADE * 1_000_000 }, ['run_id:b', 'run_iteration:2'])
    const two = await pulled(
      await foreign({
        spans: [span('fr'), second],
        metrics: [summary({ score_value: 0.5, run: 'x' }), summary({ score_value: 1, tags: ['run_id:b'], run: 'b' })],
      }),
    )
    const summariesOf = ({ events }: Stored) =>
      events.filter(({ type }) => type === 'run-finished').map(({ summaries }) => summaries)
    expect(summariesOf(one)).toMatchObject([
      [
        { name: 'broken', status: 'error', error: { message: 'no' } },
        { name: 'share', status: 'ok', value: 0.5 },
      ],
    ])
    expect(summariesOf(two)).toEqual([[], [{ name: 'share', status: 'ok', type: 'score', value: 1 }]])
    expect(two.warnings).toEqual(['1 value of summary evaluators of no known run left out'])
  })

  it('puts nothing hostile into names, keys of objects, or the number of runs', async () => {
    const hostile = '\u001b[2J\u202e'
    const stored = await pulled(
      await foreign({
        name: `${hostile}exp\nline`,
        runs: 1e15,
        tags: ['__proto__:x', `${hostile}:y`, 'git.commit.sha:abc', 'team:a', 'team:b'],
        spans: [span('../../etc', {}, [`run_id:${hostile}`, 'run_iteration:999999999'])],
        metrics: [
          metric('0', '__proto__', { metric_type: 'score', score_value: 1 }),
          metric('0', `${hostile}label`, { metric_type: 'score', score_value: 1 }),
          metric('0', 'infinite', { metric_type: 'score', score_value: 'Infinity' }),
        ],
      }),
    )
    const { definition, options } = stored.manifest
    expect(definition.name).toBe('\\u001b[2J\\u202eexp line')
    expect(definition.tags).toEqual({ '\\u001b[2J\\u202e': 'y', team: 'a' })
    expect(options.runs).toBe(10_000)
    expect(stored.rows).toMatchObject([{ key: '../../etc', iteration: 1 }])
    expect(Object.keys(stored.rows[0]?.evaluations ?? {})).toEqual(['\\u001b[2J\\u202elabel'])
    expect(stored.warnings).toEqual([
      '1 value of evaluators with names that cannot be kept left out',
      '1 value of evaluators of no known type left out',
      '1 run numbered anew, in the order in which they began',
    ])
    expect(stored.folder).toMatch(/experiments\/\d{8}t\d{6}-[0-9a-z]{6}$/)
  })

  it.each([
    ['failed', { status: 'failed', exitCode: 1, failures: [{ kind: 'backend', message: 'no reason is told' }] }],
    ['interrupted', { status: 'stopped', exitCode: 4, reason: { kind: 'interrupted' } }],
    ['running', { status: 'stopped', exitCode: 4, reason: { kind: 'interrupted' } }],
  ])('came to what its status says: %s', async (status, outcome) => {
    const stored = await pulled(await foreign({ spans: [], status }))
    expect(stored.manifest.state.outcome).toMatchObject(outcome)
    expect(stored.events.at(-1)).toMatchObject({ type: 'experiment-finished', outcome })
  })

  it('that counts more spans than it gives says so', async () => {
    const fake = await foreign({ spans: [span('fr')] })
    const attributes = { experiment: 'exp', status: 'completed', aggregate_data: { total_spans: 3 } }
    const body = { data: [{ id: ID, type: 'experiments', attributes }], meta: { after: '' } }
    fake.script({ on: 'list-experiments', fault: answer(200, { body }) })
    const stored = await pulled(fake)
    expect(stored.rows).toHaveLength(1)
    expect(stored.warnings).toEqual([
      '2 spans counted by the backend and not given: what was pushed a moment ago may not be readable yet',
    ])
  })
})
