import { describe, expect, it } from 'vitest'
import type { JsonChange } from '../../../src/model/json.ts'
import { createRedactor } from '../../../src/session/executors/redactor.ts'

const FAILED = '"[redaction failed]"'
const secret = (value: unknown) => (typeof value === 'string' ? value.replaceAll('ann', '*') : value)

describe('redact', () => {
  it('is called with the whole, then with the parts of what it returned, each under its path', () => {
    const paths: string[] = []
    const { json } = createRedactor((value, path) => {
      paths.push(path)
      return path === 'output.b' ? { c: 1 } : value
    })
    expect(json('{"a":[1,"x"],"b":{"d":2}}', 'output', new Set())).toBe('{"a":[1,"x"],"b":{"c":1}}')
    expect(paths).toEqual(['output', 'output.a', 'output.a.0', 'output.a.1', 'output.b', 'output.b.c'])
  })

  it('has a member left out for undefined, and null in the place of a whole field or an item', () => {
    const { json } = createRedactor((value, path) => (/a$|0$|^metadata$/.test(path) ? undefined : value))
    expect(json('{"a":1,"b":[1,2]}', 'output', new Set())).toBe('{"b":[null,2]}')
    expect(json('{"a":1}', 'metadata', new Set())).toBe('null')
  })

  it('gets a copy, and may return what JSON has no word for', () => {
    const { json } = createRedactor((value) => (value === 1 ? 10n : value))
    expect(json('[1,{"__proto__":{"x":1}}]', 'output', new Set())).toBe('["10",{"__proto__":{"x":"10"}}]')
    expect(Reflect.get({}, 'x')).toBeUndefined()
  })

  it.each<[string, (value: unknown) => unknown]>([
    [
      'throws',
      () => {
        throw new Error('no')
      },
    ],
    ['returns a promise', async (value) => value],
    ['never comes to an end', (value) => ({ value })],
    [
      'returns what cannot be kept',
      () => {
        const deep: unknown[] = []
        let at = deep
        for (let n = 0; n < 600; n++) {
          const next: unknown[] = []
          at.push(next)
          at = next
        }
        return deep
      },
    ],
  ])('that %s has the field replaced, and that noted', (_what, redact) => {
    const changes = new Set<JsonChange>()
    expect(createRedactor(redact).json('"ann"', 'output', changes)).toBe(FAILED)
    expect([...changes]).toEqual(['unredacted'])
  })

  it('fails where it makes something else of a text that has to be one', () => {
    const { evaluation, error } = createRedactor(() => 7)
    const changes = new Set<JsonChange>()
    const result = {
      status: 'ok',
      evaluations: [{ label: 'a', type: 'categorical', value: 'ann', reasoning: 'ann' }],
    } as const
    expect(evaluation(result, changes)).toEqual({
      status: 'ok',
      evaluations: [{ label: 'a', type: 'categorical', value: '[redaction failed]', reasoning: '[redaction failed]' }],
    })
    expect(error({ code: 'E_TASK', name: 'Error', message: 'ann' }).message).toBe('[redaction failed]')
    expect([...changes]).toEqual(['unredacted'])
  })

  it('sees whatever of an evaluation is a text or JSON, and leaves numbers, booleans and labels alone', () => {
    const paths: string[] = []
    const { evaluation } = createRedactor((value, path) => {
      paths.push(path)
      return secret(value)
    })
    const evaluations = [
      { label: 'ann', type: 'score', value: 1 },
      { label: 'b', type: 'json', value: '["ann"]', reasoning: 'ann', assessment: 'pass', metadata: '{"a":"ann"}' },
      { label: 'c', type: 'categorical', value: 'ann' },
    ] as const
    expect(evaluation({ status: 'ok', evaluations }, new Set())).toEqual({
      status: 'ok',
      evaluations: [
        { label: 'ann', type: 'score', value: 1 },
        { label: 'b', type: 'json', value: '["*"]', reasoning: '*', assessment: 'pass', metadata: '{"a":"*"}' },
        { label: 'c', type: 'categorical', value: '*' },
      ],
    })
    expect(paths).toEqual([
      'evaluations.b.value',
      'evaluations.b.value.0',
      'evaluations.b.reasoning',
      'evaluations.b.metadata',
      'evaluations.b.metadata.a',
      'evaluations.c.value',
    ])
  })

  it('sees messages, stacks and causes of errors', () => {
    const { error, summary } = createRedactor(secret)
    const thrown = {
      code: 'E_TASK',
      name: 'Error',
      message: 'ann',
      stack: 'ann',
      cause: { code: 'E_TASK', name: 'ann', message: 'ann' },
    } as const
    const kept = {
      code: 'E_TASK',
      name: 'Error',
      message: '*',
      stack: '*',
      cause: { code: 'E_TASK', name: 'ann', message: '*' },
    }
    expect(error(thrown)).toEqual(kept)
    expect(summary('s', { status: 'error', error: thrown }, new Set())).toEqual({ status: 'error', error: kept })
  })

  it('sees input, expected output and metadata of a record', () => {
    const { record } = createRedactor((value, path) => (path === 'metadata' ? {} : secret(value)))
    const kept = record(
      { key: 'ann', contentHash: '0', input: '"ann"', expectedOutput: '"ann"', metadata: '{"a":"ann"}' },
      new Set(),
    )
    expect(kept).toEqual({ input: '"*"', expectedOutput: '"*"', metadata: '{}' })
  })
})
