import { describe, expect, it } from 'vitest'
import { createEncoder } from '../../../src/backends/datadog/wire.ts'
import type { LabelledEvaluation, MetricValue } from '../../../src/model/evaluation.ts'
import type { EvaluatorResult, NamedSummaryResult } from '../../../src/model/events.ts'
import { spanIds } from '../../../src/model/identity.ts'
import { evaluationOf, failure, itemOf, names, parseItem, rowOf, run, startedAt, time } from './helpers/items.ts'

function encode(result: EvaluatorResult, { cut = 0, at = time } = {}) {
  const part = { kind: 'evaluation', row: rowOf(), evaluation: evaluationOf(result) } as const
  return createEncoder(names)(itemOf(part, at), cut)
}

function metricsOf(result: EvaluatorResult, options = {}): readonly unknown[] {
  return parseItem(encode(result, options)).metrics
}

function metricOf(evaluation: LabelledEvaluation, options = {}): unknown {
  return metricsOf({ status: 'ok', evaluations: [evaluation] }, options)[0]
}

function summariesOf(summaries: readonly NamedSummaryResult[]): readonly unknown[] {
  return parseItem(createEncoder(names)(itemOf({ kind: 'summary', summaries }), 0)).metrics
}

const own = [`experiment_id:${names.experimentId}`, `run_id:${run.runId}`, 'run_iteration:2']

describe('an evaluation on its way to Datadog', () => {
  it('vector 23: is a metric of the span of its row', () => {
    const { spanId, traceId } = spanIds(names.localId, 'france', 2, 0)
    expect(metricOf({ label: 'judge', type: 'score', value: 0 })).toEqual({
      metric_source: 'custom',
      span_id: spanId,
      trace_id: traceId,
      timestamp_ms: 1_795_335_304_623,
      metric_type: 'score',
      label: 'judge',
      score_value: 0,
      error: null,
      tags: own,
      experiment_id: names.experimentId,
      status: 'OK',
    })
  })

  it.each<[MetricValue, string, unknown]>([
    [{ type: 'boolean', value: true }, 'boolean_value', true],
    [{ type: 'boolean', value: false }, 'boolean_value', false],
    [{ type: 'score', value: 5 }, 'score_value', 5],
    [{ type: 'score', value: 1e-300 }, 'score_value', 1e-300],
    [{ type: 'categorical', value: 'MATCH' }, 'categorical_value', 'match'],
    [{ type: 'json', value: '{"x":1}' }, 'json_value', { x: 1 }],
    [{ type: 'json', value: '["Pass","FAIL"]' }, 'json_value', { value: ['Pass', 'FAIL'] }],
    [{ type: 'json', value: 'null' }, 'json_value', { value: null }],
  ])('vector 24: %j has its type and value', (value, member, sent) => {
    const metric = metricOf({ label: 'judge', ...value })
    expect(metric).toMatchObject({ metric_type: value.type, [member]: sent })
    expect(Object.keys(Object(metric)).filter((name) => name.endsWith('_value'))).toEqual([member])
  })

  it('vector 25: of several values is a metric for each, with what there is to say about it', () => {
    const evaluations: LabelledEvaluation[] = [
      { label: 'judge-precision', type: 'score', value: 0.1 },
      { label: 'judge-recall', type: 'score', value: 0.2, reasoning: 'close match', assessment: 'pass' },
    ]
    expect(metricsOf({ status: 'ok', evaluations })).toMatchObject([
      { label: 'judge-precision', score_value: 0.1 },
      { label: 'judge-recall', score_value: 0.2, reasoning: 'close match', assessment: 'pass' },
    ])
  })

  it('vector 27: that is false keeps reasoning, assessment, metadata and tags', () => {
    const evaluation: LabelledEvaluation = {
      label: 'judge',
      type: 'boolean',
      value: false,
      reasoning: 'wrong',
      assessment: 'fail',
      metadata: '{"model":"m"}',
      tags: { kind: 'strict', run_id: 'fake' },
    }
    expect(metricOf(evaluation)).toMatchObject({
      boolean_value: false,
      reasoning: 'wrong',
      assessment: 'fail',
      metadata: { model: 'm' },
      tags: ['kind:strict', ...own],
      error: null,
    })
  })

  it('vector 28: that failed is its error, under the name of its evaluator, and never a value', () => {
    expect(metricsOf({ status: 'error', error: failure })).toMatchObject([
      {
        label: 'judge',
        metric_type: 'categorical',
        categorical_value: null,
        error: { message: 'This is a test error', type: 'ValueError', stack: failure.stack },
        status: 'ERROR',
      },
    ])
    expect(metricsOf({ status: 'timeout', error: failure })).toMatchObject([{ status: 'ERROR' }])
  })

  it('vector 40: of an evaluator at Datadog says so, and has the status and error that Datadog gave', () => {
    const error = { type: 'RATE_LIMIT_EXCEEDED', message: 'too many', recommended_resolution: 'wait' }
    const info = { ...failure, code: 'E_REMOTE_EVALUATOR', managed: { severity: 'WARN', error } } as const
    expect(metricOf({ label: 'judge', type: 'score', value: 0.9, source: 'managed' })).toMatchObject({
      score_value: 0.9,
      status: 'OK',
      eval_source_type: 'managed',
    })
    expect(metricsOf({ status: 'error', error: info }, { cut: 0 })).toMatchObject([
      { categorical_value: null, error, status: 'WARN', eval_source_type: 'managed', tags: own },
    ])
    expect(metricsOf({ status: 'error', error: { ...failure, code: 'E_REMOTE_EVALUATOR' } })).toMatchObject([
      { error: { message: failure.message }, status: 'ERROR', eval_source_type: 'managed' },
    ])
  })

  it('is nothing where it does not apply or there was no output', () => {
    expect(encode({ status: 'skipped', reason: 'not-applicable' })).toBeUndefined()
    expect(encode({ status: 'skipped', reason: 'task-failed' })).toBeUndefined()
    expect(encode({ status: 'ok', evaluations: [] })).toBeUndefined()
  })

  it('moves to the new time it was given, and tells the one it had', () => {
    const at = { at: startedAt + 100_000_000, original: startedAt }
    expect(metricOf({ label: 'judge', type: 'score', value: 1 }, { at })).toMatchObject({
      timestamp_ms: 1_795_435_303_123,
      tags: [...own, 'original_timestamp:2026-11-22T08:15:03.123Z'],
    })
  })

  it('that is too large loses its metadata, then the middle of its texts, and says so', () => {
    const evaluation: LabelledEvaluation = {
      label: 'judge',
      type: 'json',
      value: JSON.stringify({ text: 'v'.repeat(20_000) }),
      reasoning: 'r'.repeat(20_000),
      metadata: JSON.stringify({ a: 'm'.repeat(1_000) }),
    }
    const cut = (step: number) => metricOf(evaluation, { cut: step })
    expect(cut(1)).toMatchObject({ metadata: { truncated: { metadata: { bytes: 1_008 } } } })
    expect(cut(2)).toMatchObject({
      json_value: { value: expect.stringContaining('characters left out') },
      reasoning: expect.stringMatching(/^r+… \(11808 characters left out\) …r+$/),
      metadata: { truncated: { value: { bytes: 20_011 }, reasoning: { bytes: 20_002 }, metadata: { bytes: 1_008 } } },
      tags: [...own, 'truncated:true'],
    })
    expect(JSON.stringify(cut(4)).length).toBeLessThan(2_000)
    expect(cut(5)).toBeUndefined()
  })

  it('that failed with a long message loses the middle of it', () => {
    const long = { ...failure, message: 'm'.repeat(9_000) }
    expect(metricsOf({ status: 'error', error: long }, { cut: 1 })).toMatchObject([
      { error: { message: expect.stringContaining('characters left out') }, tags: [...own, 'truncated:true'] },
    ])
  })
})

describe('what summary evaluators found, on its way to Datadog', () => {
  it('vector 22: is a metric of no span, without a status', () => {
    expect(summariesOf([{ name: 'accuracy', status: 'ok', type: 'score', value: 4 }])).toEqual([
      {
        metric_source: 'summary',
        span_id: '',
        trace_id: '',
        timestamp_ms: 1_795_335_304_623,
        metric_type: 'score',
        label: 'accuracy',
        score_value: 4,
        error: null,
        tags: own,
        experiment_id: names.experimentId,
      },
    ])
  })

  it('vector 28: that failed is its error, without a status', () => {
    const [metric] = summariesOf([{ name: 'accuracy', status: 'error', error: failure }])
    expect(metric).toMatchObject({ label: 'accuracy', categorical_value: null, error: { type: 'ValueError' } })
    expect(metric).not.toHaveProperty('status')
  })

  it('is nothing where there are none', () => {
    expect(createEncoder(names)(itemOf({ kind: 'summary', summaries: [] }), 0)).toBeUndefined()
  })
})
