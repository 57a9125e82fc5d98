import { describe, expect, it } from 'vitest'
import { lastEvent } from '../helpers/fake-datadog/event-log.ts'
import { attributesOf, dataOf, patch, post, startBackend } from './client.ts'
import { metricOf, postEvents, seedDataset, seedExperiment, spanOf, summaryOf } from './set-up.ts'

/** Numbered as the facts about the real backend are. */
describe('a fact about the real backend', () => {
  it('18: an experiment is named after what was asked for and the millisecond', async () => {
    const backend = await startBackend()
    const dataset = seedDataset(backend)
    const asked = { name: 'exp', project_id: dataset.projectId, dataset_id: dataset.id, ensure_unique: true }
    const reply = await post(backend, '/experiments', 'experiments', asked)
    expect(reply.status).toBe(200)
    const { name, experiment } = attributesOf(dataOf(reply))
    expect(name).toMatch(/^exp-\d{13}$/)
    expect(experiment).toBe('exp')
  })

  it.each(['running', 'completed', 'failed', 'interrupted'])('19: to status %s nothing is said', async (status) => {
    const backend = await startBackend()
    const { id } = seedExperiment(backend)
    const reply = await patch(backend, `/experiments/${id}`, 'experiments', { status })
    expect([reply.status, reply.text]).toEqual([200, ''])
    expect(backend.state.experiments.get(id)?.status).toBe(status)
  })

  it('20: a span and a metric are accepted, and nothing is said', async () => {
    const backend = await startBackend()
    const experiment = seedExperiment(backend)
    const span = spanOf(experiment, backend)
    const metric = metricOf(experiment, backend)
    const reply = await postEvents(backend, experiment, { metrics: [metric], spans: [span] })
    expect([reply.status, reply.text]).toEqual([202, ''])
    expect(backend.state.events.spans(experiment.id).map(lastEvent)).toEqual([span])
    expect(backend.state.events.metrics(experiment.id).map(lastEvent)).toEqual([metric])
  })

  it('21: with a metric that is older than 24 hours the whole batch is refused', async () => {
    const backend = await startBackend()
    const experiment = seedExperiment(backend)
    const metrics = [metricOf(experiment, backend), metricOf(experiment, backend, { label: 'late' })]
    backend.time.shift(25 * 60 * 60 * 1000)
    const reply = await postEvents(backend, experiment, { metrics: [metricOf(experiment, backend), ...metrics] })
    expect(reply.status).toBe(400)
    expect(reply.json).toEqual({
      errors: [
        {
          title: 'Generic Error',
          detail:
            "Key: 'ExperimentEvalMetricEvent.EvalMetricBase.TimestampMs' Error:Field validation for 'TimestampMs' failed on the 'timestamp_within_24hr' tag",
        },
      ],
    })
    expect(backend.state.events.all()).toEqual([])
  })

  it('22: a summary is about no span and has no status', async () => {
    const backend = await startBackend()
    const experiment = seedExperiment(backend)
    const summary = summaryOf(experiment, backend)
    expect(summary).not.toHaveProperty('status')
    const reply = await postEvents(backend, experiment, { scope: 'experiments', metrics: [summary] })
    expect(reply.status).toBe(202)
    expect(backend.state.events.metrics(experiment.id)).toMatchObject([{ spanId: '', label: 'pass_rate' }])
  })

  it('23: a metric may be about a span that is not there, with tags for the whole batch', async () => {
    const backend = await startBackend()
    const experiment = seedExperiment(backend)
    const about = { span_id: '123', trace_id: '456', metric_type: 'score', score_value: 0 }
    const { boolean_value: _value, ...metric } = metricOf(experiment, backend, about)
    const tags = [`experiment_id:${experiment.id}`, 'run_id:12345678-abcd', 'run_iteration:1']
    const reply = await postEvents(backend, experiment, { scope: 'experiments', metrics: [metric], tags })
    expect(reply.status).toBe(202)
    expect(backend.state.events.metrics(experiment.id)).toMatchObject([{ spanId: '123', label: 'exact', runId: '' }])
  })
})
