import { describe, expect, it, onTestFinished } from 'vitest'
import { createDatadogRemote, type DatadogRemote } from '../../../src/backends/datadog/remote.ts'
import { toEvaluatorContext } from '../../../src/backends/datadog/remote-evaluator.ts'
import type { TaskResult } from '../../../src/model/events.ts'
import type { FakeDatadog } from '../../helpers/fake-datadog/fake-datadog.ts'
import { answer } from '../../helpers/fake-datadog/faults.ts'
import { memberAt } from '../../helpers/fake-datadog/json.ts'
import { evaluationOf, failure, itemOf, rowOf, run } from './helpers/items.ts'
import {
  backendOf,
  datasetOf,
  experimentOf,
  hurriedClock,
  recordOf,
  settingsOf,
  signal,
  startFake,
} from './helpers/push.ts'

function remoteOf(fake: FakeDatadog): DatadogRemote {
  const remote = createDatadogRemote(settingsOf(fake), { clock: hurriedClock(fake) })
  onTestFinished(() => remote.close())
  return remote
}

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = []
  for await (const item of items) found.push(item)
  return found
}

function pushed(fake: FakeDatadog, ...keys: string[]) {
  const records = keys.map((key) =>
    recordOf(key, { expectedOutput: key.toUpperCase(), tags: [`kind:${key}`, 'all:yes'] }),
  )
  return remoteOf(fake).pushDataset({ dataset: datasetOf(records) }, signal)
}

describe('datasets at Datadog', () => {
  it('are written and found again, by id whatever the order they come in', async () => {
    const fake = await startFake({ pageSize: 2 })
    const { link, id } = await pushed(fake, 'c', 'a', 'b', 'd', 'e')
    const { records, version, dataset } = await remoteOf(fake).pullDataset({ name: 'capitals' }, signal)

    expect(link).toBe(`https://app.datadoghq.com/llm/datasets/${id}`)
    expect([version, dataset.id, dataset.description]).toEqual([1, id, 'jsonl ./capitals.jsonl'])
    expect(records.map((record) => record.id)).toEqual(['a', 'b', 'c', 'd', 'e'])
    expect(records[0]).toEqual({ id: 'a', input: '"input of a"', expectedOutput: '"A"', tags: ['all:yes', 'kind:a'] })
  })

  it('vector 15: have records with one of several tags', async () => {
    const fake = await startFake()
    await pushed(fake, 'a', 'b', 'c')
    const idsOf = async (...tags: string[]) =>
      (await remoteOf(fake).pullDataset({ name: 'capitals', tags }, signal)).records.map(({ id }) => id)
    expect(await idsOf('kind:a', 'kind:c', 'no:such')).toEqual(['a', 'c'])
    expect(await idsOf('no:such')).toEqual([])
  })

  it('vector 16: are read in an earlier version, page by page', async () => {
    const fake = await startFake({ pageSize: 1 })
    await pushed(fake, 'a', 'b')
    await pushed(fake, 'c')
    const before = fake.asked('list-records').length
    const { records, version, dataset } = await remoteOf(fake).pullDataset({ name: 'capitals', version: 1 }, signal)
    expect([records.map(({ id }) => id), version, dataset.version]).toEqual([['a', 'b'], 1, 2])
    const queries = fake
      .asked('list-records')
      .slice(before)
      .map(({ query }) => [query.get('filter[version]'), query.get('page[cursor]')])
    expect(queries).toEqual([
      ['1', null],
      ['1', expect.any(String)],
    ])
  })

  it('vector 14: have no version above the newest', async () => {
    const fake = await startFake()
    await pushed(fake, 'a')
    await expect(remoteOf(fake).pullDataset({ name: 'capitals', version: 420 }, signal)).rejects.toMatchObject({
      code: 'E_BACKEND_UNKNOWN',
      message: 'dataset "capitals" has no version 420; its newest is 1 (after 10 s)',
    })
  })

  it('are waited for when they were written a moment ago', async () => {
    const fake = await startFake({ visibilityDelay: 8_000 })
    await pushed(fake, 'a', 'b')
    const { records } = await remoteOf(fake).pullDataset({ name: 'capitals', expectedCount: 2 }, signal)
    expect(records.length).toBe(2)
  })

  it.each([
    [
      { name: 'capital' },
      'project "default-project" has no dataset "capital" (after 10 s)',
      'did you mean "capitals"?',
    ],
    [{ name: 'rivers' }, 'project "default-project" has no dataset "rivers" (after 10 s)', undefined],
    [
      { name: 'capitals', project: 'defaultproject' },
      'Datadog has no project "defaultproject" (after 10 s)',
      'did you mean "default-project"?',
    ],
    [{ name: 'capitals', expectedCount: 3 }, 'dataset "capitals" has 2 records, expected 3 (after 30 s)', undefined],
  ])('are not waited for without end: %j', async (wish, message, hint) => {
    const fake = await startFake({ looseNames: true })
    await pushed(fake, 'a', 'b')
    await expect(remoteOf(fake).pullDataset(wish, signal)).rejects.toMatchObject({ message, hint })
  })

  it('are read in spite of an answer that fails now and then', async () => {
    const fake = await startFake({ pageSize: 1 })
    await pushed(fake, 'a', 'b', 'c')
    fake.script({ on: (request) => request.method === 'GET', fault: answer(503), nth: [1, 3, 4, 7] })
    const { records } = await remoteOf(fake).pullDataset({ name: 'capitals' }, signal)
    expect(records.map(({ id }) => id)).toEqual(['a', 'b', 'c'])
  })

  it('are empty when they are, after a while', async () => {
    const fake = await startFake()
    await pushed(fake, 'a')
    await pushed(fake)
    expect((await remoteOf(fake).pullDataset({ name: 'capitals' }, signal)).records).toEqual([])
  })

  it('are listed, of one project', async () => {
    const fake = await startFake({ pageSize: 1 })
    await pushed(fake, 'a')
    await remoteOf(fake).pushDataset({ dataset: datasetOf([], { name: 'second' }) }, signal)
    await remoteOf(fake).pushDataset({ project: 'other', dataset: datasetOf([], { name: 'third' }) }, signal)
    expect((await all(remoteOf(fake).listDatasets({}, signal))).map(({ name, version }) => [name, version])).toEqual([
      ['second', 0],
      ['capitals', 1],
    ])
  })
})

describe('experiments at Datadog', () => {
  it('vector 38: are found by name and tags, the newest first', async () => {
    const fake = await startFake()
    const backend = backendOf(fake)
    await backend.open(experimentOf({ experimentId: 'a', name: 'x', git: { commit: 'abc123' } }), { signal })
    await backend.open(experimentOf({ experimentId: 'b', name: 'x', git: { commit: 'def456' } }), { signal })
    await backend.open(experimentOf({ experimentId: 'c', name: 'y', git: { commit: 'abc123' } }), { signal })
    const find = async (wish: object) =>
      (await all(remoteOf(fake).listExperiments(wish, signal))).map(({ tags }) =>
        tags.find((tag) => tag.startsWith('llmobs_exp_id:')),
      )

    expect(await find({})).toEqual(['llmobs_exp_id:c', 'llmobs_exp_id:b', 'llmobs_exp_id:a'])
    expect(await find({ name: 'x' })).toEqual(['llmobs_exp_id:b', 'llmobs_exp_id:a'])
    expect(await find({ tags: ['git.commit.sha:abc123', 'team:maps'] })).toEqual(['llmobs_exp_id:c', 'llmobs_exp_id:a'])
    expect(fake.requests.at(-1)?.query.get('filter[metadata]')).toBe('{"tags":["git.commit.sha:abc123","team:maps"]}')
  })

  it.each([
    [undefined, '100'],
    [0, '1'],
    [-5, '1'],
    [10_000, '5000'],
  ])('vector 38: are listed %s a page', async (pageLimit, asked) => {
    const fake = await startFake()
    fake.seed.project({ name: 'default-project' })
    await all(
      remoteOf(fake).listExperiments(
        { parentIds: ['p', 'q'], ...(pageLimit === undefined ? {} : { pageLimit }) },
        signal,
      ),
    )
    const query = fake.requests.at(-1)?.query
    expect([query?.get('page[limit]'), query?.getAll('filter[parent_experiment_id]')]).toEqual([asked, ['p', 'q']])
  })

  it('are never looked for in the whole organisation', async () => {
    const fake = await startFake()
    await expect(all(remoteOf(fake).listExperiments({}, signal))).rejects.toMatchObject({ code: 'E_BACKEND_UNKNOWN' })
    expect(fake.asked('list-experiments').length).toBe(0)
  })

  it('tell what is known of them', async () => {
    const fake = await startFake()
    const session = await backendOf(fake).open(experimentOf(), { signal })
    await session.close({ status: 'passed', exitCode: 0 }, signal)
    const [experiment] = await all(remoteOf(fake).listExperiments({}, signal))
    expect(experiment).toMatchObject({
      name: 'capitals/small',
      runName: expect.stringMatching(/^capitals\/small-\d{13}$/),
      datasetName: 'capitals',
      datasetVersion: 1,
      config: '{"model":"small-1"}',
      status: 'completed',
      runs: 2,
    })
    expect(experiment).not.toHaveProperty('error')
  })
})

describe('spans and metrics at Datadog', () => {
  it('vector 39: come back as they were sent, the latest metric of each label', async () => {
    const fake = await startFake({ pageSize: 1 })
    const session = await backendOf(fake).open(experimentOf(), { signal })
    const at = Date.now()
    const row = rowAt(at)
    const failed = { ...rowAt(at, { status: 'error', error: failure }), key: 'japan' }
    const value = (score: number) =>
      evaluationOf({ status: 'ok', evaluations: [{ label: 'judge', type: 'score', value: score }] })
    const items = [
      itemOf({ kind: 'row', row }, { at }),
      itemOf({ kind: 'row', row: failed }, { at }),
      itemOf({ kind: 'evaluation', row, evaluation: value(1) }, { at }),
      itemOf({ kind: 'evaluation', row, evaluation: value(0.5) }, { at: at + 1 }),
      itemOf(
        { kind: 'evaluation', row, evaluation: evaluationOf({ status: 'error', error: failure }, 'broken') },
        { at },
      ),
      itemOf({ kind: 'summary', summaries: [{ name: 'share', status: 'ok', type: 'boolean', value: true }] }, { at }),
    ].flatMap((item) => session.encode(item, 0) ?? [])
    await session.write({ ...run, items }, signal)

    const pages = await all(remoteOf(fake).readEvents(session.link.split('/').at(-1) ?? '', signal))
    const spans = pages.flatMap((page) => page.spans)
    expect(pages.length).toBe(2)
    expect(pages[0]?.summaries).toMatchObject([{ label: 'share', value: { type: 'boolean', value: true } }])
    expect(spans.find(({ recordId }) => recordId === 'france')).toMatchObject({
      startedAt: at - 1_000,
      durationMs: 1_234.5678,
      status: 'ok',
      input: '{"country":"France"}',
      output: '"Paris"',
      metrics: [
        { label: 'judge', value: { type: 'score', value: 0.5 } },
        { label: 'broken', error: { type: 'ValueError', message: 'This is a test error' } },
      ],
    })
    expect(spans.find(({ recordId }) => recordId === 'france')).not.toHaveProperty('error')
    expect(spans.find(({ recordId }) => recordId === 'japan')).toMatchObject({
      status: 'error',
      output: 'null',
      error: { type: 'ValueError', message: 'This is a test error', stack: failure.stack },
    })
  })
})

describe('an evaluator at Datadog', () => {
  it('vector 40: is told of input, output, and of what else there is', () => {
    const row = { input: '{"query":"test"}', output: '"response"' }
    expect(JSON.parse(toEvaluatorContext({ ...row, expectedOutput: '"expected"', metadata: '{}' }))).toEqual({
      span_input: { query: 'test' },
      span_output: 'response',
      meta: { expected_output: 'expected' },
    })
    expect(JSON.parse(toEvaluatorContext({ ...row, expectedOutput: 'null', spanId: 'a', traceId: 'b' }))).toEqual({
      span_input: { query: 'test' },
      span_output: 'response',
      span_id: 'a',
      trace_id: 'b',
    })
  })

  it('says what it found', async () => {
    const judge = () => ({ type: 'value', value: 0.9, assessment: 'pass', reasoning: 'good' }) as const
    const fake = await startFake({ evaluators: { 'my judge/1': judge } })
    const found = await remoteOf(fake).infer({ name: 'my judge/1', context: '{"span_input":1}' }, signal)
    expect(found).toEqual({ status: 'ok', value: '0.9', assessment: 'pass', reasoning: 'good' })
    expect(memberAt(fake.requests[0]?.json, 'data', 'attributes', 'context')).toEqual({ span_input: 1 })
  })

  it('vector 40: says why it found nothing', async () => {
    const error = { type: 'RATE_LIMIT_EXCEEDED', message: 'too many\u0007', recommended_resolution: 'wait' }
    const judge = () => ({ type: 'failure', httpStatus: 429, status: 'WARN', error }) as const
    const fake = await startFake({ evaluators: { judge } })
    expect(await remoteOf(fake).infer({ name: 'judge', context: '{}' }, signal)).toEqual({
      status: 'error',
      severity: 'WARN',
      type: 'RATE_LIMIT_EXCEEDED',
      message: 'too many\\u0007',
      resolution: 'wait',
      error,
    })
  })

  it('tells no key, whatever an error says, and keeps none that is too long', async () => {
    const fake = await startFake()
    const say = (error: object) => {
      fake.clearScript()
      fake.script({
        on: 'infer-evaluator',
        fault: answer(400, { body: { data: { attributes: { error: { ...error } } } } }),
      })
      return remoteOf(fake).infer({ name: 'judge', context: '{}' }, signal)
    }
    const echo = { type: 'X', message: `key ${fake.keys.apiKey}`, more: [{ key: fake.keys.applicationKey }] }
    expect(await say(echo)).toMatchObject({
      message: 'key ***',
      error: { type: 'X', message: 'key ***', more: [{ key: '***' }] },
    })
    const long = await say({ type: 'X', message: 'm', more: 'x'.repeat(10_000) })
    expect(long).toMatchObject({ error: { type: 'X', message: 'm' } })
    expect(JSON.stringify(long).length).toBeLessThan(200)
  })

  it('is asked again where the next answer may be another one', async () => {
    const judge = () => ({ type: 'value', value: true }) as const
    const fake = await startFake({ evaluators: { judge } })
    fake.script({ on: 'infer-evaluator', fault: answer(503), times: 2 })
    expect(await remoteOf(fake).infer({ name: 'judge', context: '{}' }, signal)).toMatchObject({ value: 'true' })
    expect(fake.asked('infer-evaluator')).toHaveLength(3)
  })

  it('has failed where it has a status of its own and no value', async () => {
    const fake = await startFake()
    const body = { data: { attributes: { status: 'ERROR', value: null, reasoning: 'no model' } } }
    fake.script({ on: 'infer-evaluator', fault: answer(200, { body }) })
    expect(await remoteOf(fake).infer({ name: 'judge', context: '{}' }, signal)).toEqual({
      status: 'error',
      severity: 'ERROR',
      type: 'RemoteEvaluatorError',
      message: 'no model',
      error: { type: 'RemoteEvaluatorError', message: 'no model' },
    })
  })

  it('that is not there cannot be asked', async () => {
    const fake = await startFake()
    await expect(remoteOf(fake).infer({ name: 'no', context: '{}' }, signal)).rejects.toMatchObject({
      failure: { kind: 'refused' },
      message: expect.stringContaining('cannot ask the evaluator: '),
    })
  })
})

function rowAt(at: number, task: TaskResult = { status: 'ok', output: '"Paris"' }) {
  const row = rowOf({ task })
  if (row.task === undefined) throw new Error('it has a task')
  return { ...row, task: { ...row.task, startedAt: at - 1_000 } }
}
