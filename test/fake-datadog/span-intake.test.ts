import { describe, expect, it } from 'vitest'
import { lastEvent } from '../helpers/fake-datadog/event-log.ts'
import type { Json, JsonObject } from '../helpers/fake-datadog/json.ts'
import { get, send, startBackend } from './client.ts'
import { seedExperiment } from './set-up.ts'

const span: JsonObject = {
  trace_id: '6a8374da000000006c2d23bc3d60c142',
  span_id: '7798989898989898',
  parent_id: 'undefined',
  name: 'task',
  start_ns: 1_787_000_026_572_000_000,
  duration: 90_625_000,
  status: 'ok',
  meta: { span: { kind: 'experiment' }, input: 1, output: 2 },
  metrics: {},
  tags: ['experiment_id:e1', 'dataset_record_id:r1'],
}

function wrap(...spans: readonly JsonObject[]): JsonObject {
  return { '_dd.stage': 'raw', '_dd.scope': 'experiments', event_type: 'span', spans }
}

async function intake(body: Json) {
  const backend = await startBackend()
  const reply = await send(backend, 'POST', '/api/v2/llmobs', { body: JSON.stringify(body) })
  return { backend, reply }
}

describe('the span intake', () => {
  it('takes spans, by the experiment of which a tag says they are', async () => {
    const other = { ...span, span_id: '2', tags: [] }
    const { backend, reply } = await intake([wrap(span), wrap(other)])
    expect([reply.status, reply.json]).toEqual([202, {}])
    expect(backend.state.intake.spans('e1').map(lastEvent)).toEqual([span])
    expect(backend.state.intake.spans('e1')[0]?.hits[0]?.text).toBe(JSON.stringify(span))
    expect(backend.state.intake.spans('').map(lastEvent)).toEqual([other])
    expect(backend.state.events.all()).toEqual([])
  })

  it('has its spans among the events of the experiment', async () => {
    const backend = await startBackend()
    const experiment = seedExperiment(backend)
    const body = JSON.stringify([wrap({ ...span, tags: [`experiment_id:${experiment.id}`] })])
    await send(backend, 'POST', '/api/v2/llmobs', { body })
    const read = await get(backend, `/experiments/${experiment.id}/events`, '/api/v2/llm-obs/v3')
    expect(read.json).toMatchObject({ data: { attributes: { spans: [{ span_id: span.span_id }] } } })
  })

  it.each<[string, Json]>([
    ['an object', wrap(span)],
    ['no wrapper', [span]],
    ['no parent', [wrap({ ...span, parent_id: '' })]],
    ['no duration', [wrap(span), wrap({ ...span, duration: 'long' })]],
    ['spans that are no list', [{ event_type: 'span', spans: {} }]],
  ])('refuses %s', async (_what, body) => {
    const { backend, reply } = await intake(body)
    expect(reply.status).toBe(400)
    expect(backend.state.intake.all()).toEqual([])
  })
})
