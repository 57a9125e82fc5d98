import { describe, expect, it, vi } from 'vitest'
import { type RemoteEvaluatorOptions, remoteEvaluator } from '../../src/datadog/evaluator.ts'
import { toErrorInfo } from '../../src/model/error-info.ts'
import { isManaged } from '../../src/model/managed.ts'
import type { Verdict } from '../helpers/fake-datadog/evaluators.ts'
import { answer, silence } from '../helpers/fake-datadog/faults.ts'
import { memberAt } from '../helpers/fake-datadog/json.ts'
import { surroundingFake } from './environment.ts'

const row = {
  input: { query: 'test' },
  output: 'response',
  expectedOutput: undefined,
  metadata: undefined,
  config: {},
  signal: new AbortController().signal,
  spanId: '00f067aa0ba902b7',
  traceId: '4bf92f3577b34da6a3ce929d0e0e4736',
}

const ids = { span_id: row.spanId, trace_id: row.traceId }

function judging(verdict: Verdict) {
  return surroundingFake({ evaluators: { judge: () => verdict } })
}

async function contextOf(given: object, options?: RemoteEvaluatorOptions): Promise<unknown> {
  const fake = await judging({ type: 'value', value: 1 })
  await remoteEvaluator('judge', options).evaluate({ ...row, ...given })
  return memberAt(fake.requests[0]?.json, 'data', 'attributes', 'context')
}

describe('remoteEvaluator', () => {
  it.each([0.9, true, 'good', { a: [1] }, [1, 2]])(
    'gives the value %j with what there is to say about it',
    async (value) => {
      await judging({ type: 'value', value, assessment: 'pass', reasoning: 'because' })
      const found = await remoteEvaluator('judge').evaluate(row)
      expect(found).toEqual(expect.objectContaining({ value, assessment: 'pass', reasoning: 'because' }))
      expect(Object.keys(found)).toEqual(['value', 'assessment', 'reasoning'])
      expect(isManaged(found)).toBe(true)
    },
  )

  it('vector 40: tells input, output, ids, and of the rest what there is', async () => {
    const told = { span_input: { query: 'test' }, span_output: 'response', ...ids }
    expect(await contextOf({})).toEqual(told)
    expect(await contextOf({ expectedOutput: 'expected' })).toEqual({ ...told, meta: { expected_output: 'expected' } })
    expect(await contextOf({ expectedOutput: null, metadata: null })).toEqual(told)
    expect(await contextOf({ metadata: { lang: 'de' }, config: { model: 'a' } })).toEqual({
      ...told,
      meta: { metadata: { lang: 'de', experiment_config: { model: 'a' } } },
    })
    expect(await contextOf({ metadata: 'odd' })).toEqual({ ...told, meta: { metadata: { value: 'odd' } } })
  })

  it('tells what transform makes of the row, in place of all that', async () => {
    const transform = async ({ output, spanId }: { output: unknown; spanId: string }) => ({ text: output, id: spanId })
    expect(await contextOf({}, { transform })).toEqual({ text: 'response', id: row.spanId })
  })

  it('needs an object from transform', async () => {
    await judging({ type: 'value', value: 1 })
    const transform = Reflect.apply(remoteEvaluator, undefined, ['judge', { transform: () => 'text' }])
    await expect(transform.evaluate(row)).rejects.toMatchObject({
      code: 'E_EVALUATOR',
      message: 'remoteEvaluator "judge": transform: expected an object, got "text"',
    })
  })

  it('vector 40: fails with what the backend said, word for word', async () => {
    const error = { type: 'RATE_LIMIT_EXCEEDED', message: 'too\nmany', recommended_resolution: 'wait' }
    await judging({ type: 'failure', httpStatus: 400, status: 'WARN', error })
    const thrown: unknown = await remoteEvaluator('judge')
      .evaluate(row)
      .catch((failure: unknown) => failure)
    expect(toErrorInfo('E_EVALUATOR', thrown)).toMatchObject({
      code: 'E_REMOTE_EVALUATOR',
      message: 'evaluator "judge" at Datadog: too many (RATE_LIMIT_EXCEEDED)',
      hint: 'wait',
      managed: { severity: 'WARN', error },
    })
  })

  it('fails where there is no value', async () => {
    await judging({ type: 'value', value: null })
    await expect(remoteEvaluator('judge').evaluate(row)).rejects.toMatchObject({ code: 'E_REMOTE_EVALUATOR' })
  })

  it.each([
    ['is not there', 'other', {}, /^evaluator "other" at Datadog: cannot ask the evaluator: .* 404/],
    ['does not answer rightly', 'judge', { fault: answer(200, { body: 'no JSON' }) }, /the answer has no value$/],
  ])('fails where the evaluator %s', async (_what, name, { fault }: { fault?: ReturnType<typeof answer> }, message) => {
    const fake = await judging({ type: 'value', value: 1 })
    if (fault !== undefined) fake.script({ fault })
    await expect(remoteEvaluator(name).evaluate(row)).rejects.toMatchObject({
      code: 'E_REMOTE_EVALUATOR',
      message: expect.stringMatching(message),
    })
  })

  it('is given up with the row', async () => {
    const fake = await judging({ type: 'value', value: 1 })
    fake.script({ fault: silence() })
    const controller = new AbortController()
    const asked = remoteEvaluator('judge').evaluate({ ...row, signal: controller.signal })
    await fake.until(() => fake.requests.length === 1)
    controller.abort(new Error('too late'))
    await expect(asked).rejects.toThrow('too late')
  })

  it('asks for as many rows at once as there are', async () => {
    const fake = await judging({ type: 'value', value: 1 })
    const rows = 30
    fake.script({
      fault: { type: 'delay', before: 'answering', wait: fake.until(() => fake.requests.length === rows) },
    })
    const evaluator = remoteEvaluator('judge')
    await Promise.all(
      Array.from({ length: rows }, () => evaluator.evaluate({ ...row, signal: new AbortController().signal })),
    )
    expect(fake.mostInFlight()).toBe(rows)
  })

  it('names the keys that are missing, and itself, each time', async () => {
    vi.stubEnv('DD_API_KEY', '')
    vi.stubEnv('DD_APP_KEY', '')
    const evaluator = remoteEvaluator('judge')
    for (let time = 0; time < 2; time++) {
      await expect(evaluator.evaluate(row)).rejects.toMatchObject({
        code: 'E_BACKEND_SETTINGS',
        message: 'remoteEvaluator "judge": expected the keys of Datadog, but DD_API_KEY and DD_APP_KEY are not set',
      })
    }
    vi.unstubAllEnvs()
  })

  it.each([
    [[''], 'remoteEvaluator: expected the name of an evaluator, got ""'],
    [['x', null], 'remoteEvaluator "x": expected an object of options, got null'],
    [['x', { transfrom: 1 }], 'remoteEvaluator "x": expected no other option than transform, got "transfrom"'],
    [['x', { transform: 1 }], 'remoteEvaluator "x": transform: expected a function, got the number 1'],
  ])('refuses %j', (given, message) => {
    expect(() => Reflect.apply(remoteEvaluator, undefined, given)).toThrow(message)
  })
})
