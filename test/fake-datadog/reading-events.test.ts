import { describe, expect, it } from 'vitest'
import { isList, type JsonObject, memberAt, textAt } from '../helpers/fake-datadog/json.ts'
import { attributesOf, dataOf, get, idsOf, type Reply, startBackend } from './client.ts'
import { metricOf, postEvents, seedExperiment, spanOf, summaryOf } from './set-up.ts'

const UNSTABLE = '/api/unstable/llm-obs/v1'

async function backendWithEvents() {
  const backend = await startBackend()
  const experiment = seedExperiment(backend)
  await postEvents(backend, experiment, {
    spans: ['a', 'b', 'c'].map((id) => spanOf(experiment, backend, { span_id: id })),
    metrics: [
      metricOf(experiment, backend, { span_id: 'a' }),
      metricOf(experiment, backend, { span_id: 'b', label: 'length', metric_type: 'score', score_value: 1 }),
      summaryOf(experiment, backend),
    ],
  })
  return { backend, experiment }
}

function spansOf(reply: Reply): JsonObject[] {
  const spans = memberAt(dataOf(reply), 'attributes', 'spans')
  return isList(spans) ? spans.filter((one): one is JsonObject => typeof one === 'object') : []
}

describe('events are read', () => {
  it('in one object, metrics on request', async () => {
    const { backend, experiment } = await backendWithEvents()
    const plain = await get(backend, `/experiments/${experiment.id}/events`, UNSTABLE)
    expect(dataOf(plain)).toMatchObject({ id: experiment.id, type: 'experiment_events' })
    expect(spansOf(plain)[0]).not.toHaveProperty('eval_metrics')
    const whole = await get(backend, `/experiments/${experiment.id}/events?include[eval_metrics]=true`, UNSTABLE)
    const span = spansOf(whole).find(({ span_id }) => span_id === 'a')
    expect(span).toMatchObject({
      trace_id: expect.any(String),
      name: 'task',
      status: 'ok',
      dataset_record_id: 'r1',
      meta: { input: { value: 1 }, error: {} },
      eval_metrics: [{ label: 'exact', boolean_value: true }],
    })
    expect(attributesOf(dataOf(whole)).summary_metrics).toMatchObject([{ label: 'pass_rate', score_value: 4 }])
  })

  it('of the newest experiment with a name', async () => {
    const { backend, experiment } = await backendWithEvents()
    const newest = backend.seed.experiment({ projectId: experiment.projectId, name: 'triage' })
    const query = 'filter[project_name]=support&filter[experiment_name]=triage'
    expect(dataOf(await get(backend, `/experiments/events?${query}`, UNSTABLE)).id).toBe(newest.id)
    expect((await get(backend, `/experiments/events?${query}x`, UNSTABLE)).status).toBe(404)
  })

  it('page by page', async () => {
    const { backend, experiment } = await backendWithEvents()
    const path = `/experiments/${experiment.id}/events`
    const first = await get(backend, `${path}?page[limit]=2`, '/api/v2/llm-obs/v3')
    const cursor = textAt(first.json, 'meta', 'after')
    const second = await get(backend, `${path}?page[limit]=2&page[cursor]=${cursor}`, '/api/v2/llm-obs/v3')
    expect(second.json).toMatchObject({ meta: { after: '' } })
    const found = [...spansOf(first), ...spansOf(second)]
    expect(found.map(({ span_id }) => span_id).sort()).toEqual(['a', 'b', 'c'])
    expect(found.find(({ span_id }) => span_id === 'b')?.eval_metrics).toMatchObject([{ label: 'length' }])
  })

  it('all at once, and as a list', async () => {
    const { backend, experiment } = await backendWithEvents()
    const path = `/experiments/${experiment.id}/events`
    const whole = await get(backend, path, '/api/v2/llm-obs/v2')
    expect(spansOf(whole)).toHaveLength(3)
    expect(whole.json).not.toHaveProperty('meta')
    expect(idsOf(await get(backend, path)).sort()).toEqual(['a', 'b', 'c'])
  })

  it('once each, and a metric as often as it came differently', async () => {
    const { backend, experiment } = await backendWithEvents()
    const metric = metricOf(experiment, backend, { span_id: 'c' })
    for (const value of [true, true, false]) {
      const metrics = [{ ...metric, boolean_value: value }]
      await postEvents(backend, experiment, { spans: [spanOf(experiment, backend, { span_id: 'c' })], metrics })
    }
    const spans = spansOf(await get(backend, `/experiments/${experiment.id}/events`, '/api/v2/llm-obs/v2'))
    expect(spans).toHaveLength(3)
    const values = spans.find(({ span_id }) => span_id === 'c')?.eval_metrics
    expect(values).toMatchObject([{ boolean_value: true }, { boolean_value: false }])
  })

  it('only after a while, when the backend is told so', async () => {
    const backend = await startBackend({ visibilityDelay: 2000 })
    const experiment = seedExperiment(backend)
    await postEvents(backend, experiment, { spans: [spanOf(experiment, backend)] })
    const read = async () => spansOf(await get(backend, `/experiments/${experiment.id}/events`, UNSTABLE))
    expect(await read()).toHaveLength(0)
    backend.time.shift(2001)
    expect(await read()).toHaveLength(1)
  })

  it.each([
    [UNSTABLE, ''],
    ['/api/v2/llm-obs/v1', ''],
    ['/api/v2/llm-obs/v2', ''],
    ['/api/v2/llm-obs/v3', ''],
    ['/api/v2/llm-obs/v3', '?page[limit]=0'],
  ])('not under %s when there are none%s', async (base, query) => {
    const backend = await startBackend()
    expect((await get(backend, `/experiments/none/events${query}`, base)).status).toBe(404)
  })
})
