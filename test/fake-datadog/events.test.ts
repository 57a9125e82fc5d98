import { describe, expect, it } from 'vitest'
import type { FakeDatadog } from '../helpers/fake-datadog/fake-datadog.ts'
import type { JsonObject } from '../helpers/fake-datadog/json.ts'
import type { Experiment } from '../helpers/fake-datadog/state.ts'
import { patch, post, send, startBackend, V1 } from './client.ts'
import { metricOf, postEvents, seedExperiment, spanOf, summaryOf } from './set-up.ts'

const HOUR = 60 * 60 * 1000

/** What the backend says to a batch that has this event between two good ones. */
async function judge(backend: FakeDatadog, experiment: Experiment, event: JsonObject): Promise<number> {
  const isSpan = 'start_ns' in event
  const good = isSpan
    ? [spanOf(experiment, backend, { span_id: 'a' }), spanOf(experiment, backend, { span_id: 'b' })]
    : [metricOf(experiment, backend, { label: 'a' }), metricOf(experiment, backend, { label: 'b' })]
  const { status } = await postEvents(backend, experiment, {
    [isSpan ? 'spans' : 'metrics']: [...good.slice(0, 1), event, ...good.slice(1)],
  })
  expect(backend.state.events.all()).toHaveLength(status === 202 ? 3 : 0)
  return status
}

describe('a batch of events is refused whole', () => {
  it.each<[string, JsonObject]>([
    ['no label', { label: '' }],
    ['no type', { metric_type: '' }],
    ['a type that there is not', { metric_type: 'text' }],
    ['no time', { timestamp_ms: 0 }],
    ['a time that is a text', { timestamp_ms: '1795000000000' }],
    ['a time with a fraction', { timestamp_ms: 1_795_000_000_000.5 }],
    ['a value of another type', { boolean_value: 'true' }],
    ['a score that is a text', { metric_type: 'score', score_value: '1' }],
    ['a JSON value that is a list', { metric_type: 'json', json_value: [1] }],
    ['a category that is a number', { metric_type: 'categorical', categorical_value: 1 }],
    ['no span, though it is no summary', { span_id: '' }],
    ['tags that are no texts', { tags: [1] }],
  ])('for a metric with %s', async (_what, changes) => {
    const backend = await startBackend({ now: () => 1_795_000_000_000 })
    const experiment = seedExperiment(backend)
    expect(await judge(backend, experiment, metricOf(experiment, backend, changes))).toBe(400)
  })

  it.each<[string, JsonObject]>([
    ['no duration', { duration: 0 }],
    ['less than no duration', { duration: -1 }],
    ['no start', { start_ns: 0 }],
    ['no status', { status: '' }],
    ['a status that there is not', { status: 'failed' }],
    ['no name', { name: '' }],
    ['no project', { project_id: '' }],
    ['no dataset', { dataset_id: '' }],
    ['no trace', { trace_id: '' }],
    ['no id', { span_id: '' }],
    ['the id of its trace', { span_id: 'same', trace_id: 'same' }],
    ['a meta that is a text', { meta: 'x' }],
    ['tags that are no texts', { tags: 'a:b' }],
  ])('for a span with %s', async (_what, changes) => {
    const backend = await startBackend()
    const experiment = seedExperiment(backend)
    expect(await judge(backend, experiment, spanOf(experiment, backend, changes))).toBe(400)
  })

  it.each([
    [-25, 400],
    [-24.001, 400],
    [-23.9, 202],
    [0, 202],
    [23.9, 202],
    [24.1, 400],
  ])('or accepted, when its time is %d hours from now: %i', async (hours, status) => {
    const backend = await startBackend()
    const experiment = seedExperiment(backend)
    const [metric, span] = [metricOf(experiment, backend), spanOf(experiment, backend)]
    backend.time.shift(-hours * HOUR)
    expect(await judge(backend, experiment, metric)).toBe(status)
    const another = await startBackend()
    const sameExperiment = seedExperiment(another)
    another.time.shift(-hours * HOUR)
    expect(await judge(another, sameExperiment, span)).toBe(status)
  })

  it('though not for an old span, when the backend does not look at that', async () => {
    const backend = await startBackend({ checkSpanAge: false })
    const experiment = seedExperiment(backend)
    const span = spanOf(experiment, backend)
    backend.time.shift(25 * HOUR)
    expect(await judge(backend, experiment, span)).toBe(202)
  })

  it.each(['events', 'spans', 'datasets'])('when its type is %s', async (type) => {
    const backend = await startBackend()
    const experiment = seedExperiment(backend)
    const attributes = { metrics: [metricOf(experiment, backend)] }
    expect((await post(backend, `/experiments/${experiment.id}/events`, type, attributes)).status).toBe(400)
  })

  it('when there is no such experiment', async () => {
    const backend = await startBackend()
    const experiment = seedExperiment(backend)
    expect((await postEvents(backend, { ...experiment, id: 'none' }, {})).status).toBe(404)
  })
})

describe('a batch of events is accepted', () => {
  it.each<[string, JsonObject]>([
    ['an error in place of a value', { boolean_value: null, error: { message: 'boom' }, status: 'ERROR' }],
    ['a score of 0', { metric_type: 'score', score_value: 0 }],
    ['a category without any', { metric_type: 'categorical', categorical_value: null }],
    ['a JSON value', { metric_type: 'json', json_value: { a: [1] } }],
    ['a reasoning and an assessment', { reasoning: 'so', assessment: 'pass', metadata: { a: 1 } }],
  ])('with %s', async (_what, changes) => {
    const backend = await startBackend()
    const experiment = seedExperiment(backend)
    expect(await judge(backend, experiment, metricOf(experiment, backend, changes))).toBe(202)
  })

  it('when it is empty, and when the experiment has ended', async () => {
    const backend = await startBackend()
    const experiment = seedExperiment(backend)
    expect((await postEvents(backend, experiment, {})).status).toBe(202)
    await patch(backend, `/experiments/${experiment.id}`, 'experiments', { status: 'completed' })
    expect((await postEvents(backend, experiment, { spans: [spanOf(experiment, backend)] })).status).toBe(202)
    expect(backend.state.events.spans(experiment.id)).toHaveLength(1)
  })
})

describe('of every event is kept', () => {
  it('how often it came, and each time the exact text', async () => {
    const backend = await startBackend()
    const experiment = seedExperiment(backend)
    const [span, metric] = [spanOf(experiment, backend), metricOf(experiment, backend)]
    const texts = { span: JSON.stringify(span, null, 1), metric: JSON.stringify(metric) }
    const body = `{"data": {"attributes":{"spans":[ ${texts.span} ],"metrics":[${texts.metric}]},"type":"experiments"}}`
    for (const _time of [1, 2]) {
      const reply = await send(backend, 'POST', `${V1}/experiments/${experiment.id}/events`, { body })
      expect(reply.status).toBe(202)
    }
    const { events } = backend.state
    expect(events.spans(experiment.id)).toHaveLength(1)
    expect(events.spans(experiment.id)[0]?.hits).toMatchObject([
      { request: 1, text: texts.span, event: span },
      { request: 2, text: texts.span, event: span },
    ])
    expect(events.metrics(experiment.id)[0]?.hits.map(({ text }) => text)).toEqual([texts.metric, texts.metric])
    expect(events.resent()).toHaveLength(2)
    expect(events.altered()).toEqual([])
  })

  it('whether it came again with another text', async () => {
    const backend = await startBackend()
    const experiment = seedExperiment(backend)
    const span = spanOf(experiment, backend)
    await postEvents(backend, experiment, { spans: [span] })
    await postEvents(backend, experiment, { spans: [{ ...span, duration: 1 }] })
    expect(backend.state.events.altered(experiment.id)).toMatchObject([{ spanId: span.span_id }])
    expect(backend.state.events.altered('other')).toEqual([])
  })

  it('of which experiment and span it is, and a summary of which run', async () => {
    const backend = await startBackend()
    const experiment = seedExperiment(backend)
    const other = backend.seed.experiment({ projectId: experiment.projectId, name: 'other' })
    await postEvents(backend, experiment, {
      metrics: [
        metricOf(experiment, backend, { span_id: 'a' }),
        metricOf(experiment, backend, { span_id: 'b' }),
        metricOf(experiment, backend, { span_id: 'a', label: 'length' }),
      ],
    })
    await postEvents(backend, other, { metrics: [metricOf(experiment, backend, { span_id: 'a' })] })
    for (const run of ['1', '2']) {
      const metrics = [summaryOf(experiment, backend)]
      await postEvents(backend, experiment, { metrics, tags: [`run_id:${run}`] })
    }
    const own = summaryOf(experiment, backend, { tags: ['run_id:3'] })
    await postEvents(backend, experiment, { metrics: [own], tags: ['run_id:none'] })
    const { events } = backend.state
    expect(events.metrics(experiment.id).map(({ spanId, label, runId }) => [spanId, label, runId])).toEqual([
      ['a', 'exact', ''],
      ['b', 'exact', ''],
      ['a', 'length', ''],
      ['', 'pass_rate', '1'],
      ['', 'pass_rate', '2'],
      ['', 'pass_rate', '3'],
    ])
    expect(events.metrics(other.id)).toHaveLength(1)
    expect(events.resent()).toEqual([])
  })
})
