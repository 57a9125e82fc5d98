import { describe, expect, it } from 'vitest'
import type { JsonObject } from '../helpers/fake-datadog/json.ts'
import { type Reply, send, startBackend } from './client.ts'

const BASE = '/api/unstable/llm-obs/v1/evaluators'

describe('an evaluator that is kept in the backend', () => {
  const options = {
    evaluators: {
      'is polite': (context: unknown) => ({ type: 'value', value: 0.9, reasoning: JSON.stringify(context) }) as const,
      tired: () => {
        const error = { type: 'RATE_LIMIT_EXCEEDED', message: 'slow down', recommended_resolution: 'wait' }
        return { type: 'failure', httpStatus: 429, status: 'WARN', error } as const
      },
    },
  }
  const infer = async (name: string, attributes: JsonObject, type = 'evaluator_inference'): Promise<Reply> => {
    const backend = await startBackend(options)
    const body = JSON.stringify({ data: { type, attributes } })
    return send(backend, 'POST', `${BASE}/${encodeURIComponent(name)}/infer`, { body })
  }

  it('says a value about a context', async () => {
    const reply = await infer('is polite', { context: { span_input: 1 } })
    const said = { status: 'OK', value: 0.9, reasoning: '{"span_input":1}' }
    expect([reply.status, reply.json]).toEqual([200, { data: { attributes: said } }])
  })

  it('says why it failed', async () => {
    const reply = await infer('tired', { context: {} })
    expect(reply.status).toBe(429)
    expect(reply.json).toMatchObject({ data: { attributes: { status: 'WARN', error: { message: 'slow down' } } } })
  })

  it('is there, and asked in the right way', async () => {
    expect((await infer('unknown', {})).status).toBe(404)
    expect((await infer('toString', {})).status).toBe(404)
    expect((await infer('tired', {}, 'evaluator')).status).toBe(400)
  })
})
