import { hash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createEncoder } from '../../../src/backends/datadog/wire.ts'
import { spanIds } from '../../../src/model/identity.ts'
import type { Row } from '../../../src/model/row.ts'
import { failure, itemOf, names, parseItem, rowOf, run, startedAt, time } from './helpers/items.ts'

function textOf(row: Row, { cut = 0, at = time } = {}): string | undefined {
  return createEncoder(names)(itemOf({ kind: 'row', row }, at), cut)?.spans[0]
}

function spanOf(row: Row, options = {}): unknown {
  return JSON.parse(textOf(row, options) ?? 'null')
}

/** All forms of a row, from the whole to the least. */
function formsOf(row: Row): string[] {
  const forms: string[] = []
  for (let text = textOf(row); text !== undefined; text = textOf(row, { cut: forms.length })) forms.push(text)
  return forms
}

describe('a row on its way to Datadog', () => {
  it('vector 33: is a span with everything that is known of it', () => {
    const row = rowOf({
      record: { expectedOutput: '"Paris"', metadata: '{"difficulty":"easy"}', tags: ['topic:math', 'topic:logic'] },
    })
    const { spanId, traceId } = spanIds(names.localId, 'france', 2, 0)
    expect(spanOf(row)).toEqual({
      span_id: spanId,
      trace_id: traceId,
      project_id: names.projectId,
      dataset_id: names.datasetId,
      name: 'capitals/small',
      start_ns: 1_795_335_303_123_456_000,
      duration: 1_234_567_800,
      status: 'ok',
      meta: {
        input: { country: 'France' },
        output: 'Paris',
        expected_output: 'Paris',
        metadata: { difficulty: 'easy' },
      },
      tags: [
        'team:maps',
        'topic:math',
        'topic:logic',
        `experiment_id:${names.experimentId}`,
        `run_id:${run.runId}`,
        'run_iteration:2',
        `project_id:${names.projectId}`,
        'project_name:geography',
        `dataset_id:${names.datasetId}`,
        'dataset_name:capitals',
        'experiment_name:capitals/small',
        'dataset_record_id:france',
      ],
    })
    expect([spanId.length, traceId.length, spanId === traceId]).toEqual([16, 32, false])
  })

  it('vector 35: has its times to the nanosecond, in digits that no number holds', () => {
    const row = rowOf()
    const { task } = row
    if (task === undefined) throw new Error('it has a task')
    const whole = { ...row, task: { ...task, startedAt: Date.parse('2026-01-01T00:00:00Z'), durationMs: 1_000 } }
    expect(textOf(whole)).toContain('"start_ns":1767225600000000000,"duration":1000000000,')
    expect(textOf(rowOf())).toContain('"start_ns":1795335303123456000,')
    expect(textOf({ ...row, task: { ...task, durationMs: 0 } })).toContain('"duration":1,')
  })

  it('vector 35: whose task failed has the error, and null for its output', () => {
    expect(spanOf(rowOf({ task: { status: 'error', error: failure } }))).toMatchObject({
      status: 'error',
      meta: {
        output: null,
        expected_output: null,
        error: { type: 'ValueError', message: 'This is a test error', stack: failure.stack },
      },
    })
    const { stack: _stack, ...bare } = failure
    expect(
      spanOf(
        rowOf({ task: { status: 'timeout', error: { ...bare, name: 'LlmobsExpError', code: 'E_TASK_TIMEOUT' } } }),
      ),
    ).toMatchObject({ status: 'error', meta: { error: { type: 'E_TASK_TIMEOUT', stack: '' } } })
  })

  it('is nothing when its task never came to an end', () => {
    const { task: _task, ...row } = rowOf()
    expect(textOf({ ...row, status: 'cancelled' })).toBeUndefined()
  })

  it('keeps any JSON, and metadata as an object', () => {
    const meta = (metadata: string) => spanOf(rowOf({ record: { input: '[1,null]', metadata } }))
    expect(meta('{}')).not.toHaveProperty('meta.metadata')
    expect(meta('null')).not.toHaveProperty('meta.metadata')
    expect(meta('["a"]')).toMatchObject({ meta: { input: [1, null], metadata: { value: ['a'] } } })
  })

  it('says how often it was tried and which span it stands in for', () => {
    const earlier = spanIds(names.localId, 'france', 2, 0).spanId
    expect(spanOf(rowOf({ attempts: 3, generation: 1 }))).toMatchObject({
      span_id: spanIds(names.localId, 'france', 2, 1).spanId,
      tags: expect.arrayContaining(['retries:2', `supersedes:${earlier}`]),
    })
  })

  it('moves to the new time it was given, and tells the one it had', () => {
    const at = { at: startedAt + 100_000_500, original: startedAt + 500 }
    expect(textOf(rowOf(), { at })).toContain('"start_ns":1795435303123456000,')
    expect(spanOf(rowOf(), { at })).toMatchObject({
      tags: expect.arrayContaining(['original_start:2026-11-22T08:15:03.123Z']),
    })
  })

  it('is well formed, whatever is in it', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), fc.jsonValue(), (key, tag, value) => {
        const input = JSON.stringify(value)
        const row = rowOf({
          record: { input, tags: [`t:${tag}`], metadata: '{"a":"\\ud800"}' },
          task: { status: 'ok', output: '"C:\\\\users \\ud800"' },
        })
        const text = textOf({ ...row, key }) ?? ''
        expect(text.replace(/[\ud800-\udbff][\udc00-\udfff]/g, '')).not.toMatch(/[\ud800-\udfff]/)
        expect(JSON.parse(text)).toMatchObject({ meta: { input: JSON.parse(input), output: 'C:\\users \ud800' } })
      }),
    )
  })

  it('gives the same bytes always', () => {
    expect(textOf(rowOf())).toBe(textOf(rowOf()))
  })

  describe('that is too large', () => {
    const long = JSON.stringify({ text: 'é'.repeat(200_000) })
    const longMetadata = JSON.stringify({ a: 'm'.repeat(1_000) })
    const large = rowOf({
      record: { input: long, metadata: longMetadata, expectedOutput: '"e"' },
      task: { status: 'ok', output: JSON.stringify('o'.repeat(100_000)) },
    })

    it('loses its metadata first, then the middle of its output, then of its input, and says so', () => {
      const forms = formsOf(large)
      const originals = forms.map((form) => Object.keys(Object(JSON.parse(form).meta.metadata.truncated ?? {})))
      expect(originals).toEqual([
        [],
        ['metadata'],
        ['output', 'metadata'],
        ['input', 'output', 'metadata'],
        ['input', 'output', 'metadata'],
        ['input', 'output', 'metadata'],
      ])
      expect(forms.slice(1).every((form) => JSON.parse(form).tags.includes('truncated:true'))).toBe(true)
      expect(forms[0]).not.toContain('truncated')
      const sizes = forms.map((form) => Buffer.byteLength(form))
      expect(sizes.toSorted((a, b) => b - a)).toEqual(sizes)
      expect(sizes.at(-1)).toBeLessThan(3_000)
    })

    it('keeps metadata that takes no room', () => {
      const row = rowOf({ record: { metadata: '{"a":1}' }, task: { status: 'ok', output: long } })
      expect(spanOf(row, { cut: 1 })).toMatchObject({ meta: { metadata: { a: 1, truncated: { output: {} } } } })
    })

    it('tells how large the whole was and its hash', () => {
      expect(JSON.parse(textOf(large, { cut: 3 }) ?? '').meta.metadata.truncated.input).toEqual({
        bytes: Buffer.byteLength(long),
        sha256: hash('sha256', long, 'hex'),
      })
    })

    it('keeps the beginning and the end', () => {
      const { output } = JSON.parse(
        textOf(rowOf({ task: { status: 'ok', output: JSON.stringify(`<${'o'.repeat(100_000)}>`) } }), { cut: 1 }) ?? '',
      ).meta
      expect(output).toMatch(/^<o+… \(67234 characters left out\) …o+>$/)
    })

    it('loses only what it has', () => {
      expect(formsOf(rowOf()).length).toBe(1)
      expect(formsOf(rowOf({ record: { metadata: '{"a":1}' } })).length).toBe(1)
      expect(formsOf(rowOf({ record: { metadata: longMetadata } })).length).toBe(2)
      expect(formsOf(rowOf({ record: { tags: ['a:b'] } })).length).toBe(2)
    })

    it('vector 42: is not even tried whole above five million bytes', () => {
      const output = JSON.stringify('o'.repeat(5_200_729))
      const span = spanOf(rowOf({ task: { status: 'ok', output } }))
      expect(span).toMatchObject({ meta: { metadata: { truncated: { output: { bytes: 5_200_731 } } } } })
    })

    it('is well formed where a character of two units is cut', () => {
      const output = JSON.stringify(`a${'😀'.repeat(50_000)}`)
      for (const form of formsOf(rowOf({ task: { status: 'ok', output } }))) expect(form).not.toContain('\\ud83d')
    })
  })
})

it('an item is told under the event it came from', () => {
  const { seq } = createEncoder(names)(itemOf({ kind: 'row', row: rowOf() }), 0) ?? {}
  expect([seq, parseItem(undefined)]).toEqual([7, { spans: [], metrics: [] }])
})
