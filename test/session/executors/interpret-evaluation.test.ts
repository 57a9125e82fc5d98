import { describe, expect, it } from 'vitest'
import { multi } from '../../../src/define.ts'
import { LlmobsExpError } from '../../../src/model/errors.ts'
import type { JsonChange } from '../../../src/model/json.ts'
import { markManaged } from '../../../src/model/managed.ts'
import { interpretEvaluation, interpretSummary } from '../../../src/session/executors/interpret-evaluation.ts'

function interpret(returned: unknown) {
  const changes = new Set<JsonChange>()
  const result = interpretEvaluation('e', returned, changes)
  return { result, changes: [...changes] }
}

function refusal(action: () => unknown): string {
  try {
    action()
  } catch (error) {
    if (error instanceof LlmobsExpError && error.code === 'E_EVALUATOR_VALUE') return error.message
    throw error
  }
  throw new Error('nothing was refused')
}

class Score {
  readonly points = 3
}

describe('what an evaluator returns', () => {
  it('is one that was made at a backend where it says so, also when something was added to it', () => {
    const made = markManaged({ value: 1 })
    const evaluation = { label: 'e', type: 'score', value: 1, source: 'managed' }
    expect(interpret(made).result).toEqual({ status: 'ok', evaluations: [evaluation] })
    expect(interpret({ ...made, assessment: 'pass' }).result).toEqual({
      status: 'ok',
      evaluations: [{ ...evaluation, assessment: 'pass' }],
    })
    expect(interpret(multi({ a: made, b: { value: 1 } })).result).toMatchObject({
      evaluations: [{ label: 'e-a', source: 'managed' }, { label: 'e-b' }],
    })
    expect(JSON.stringify(made)).toBe('{"value":1}')
  })

  it.each([
    [true, { type: 'boolean', value: true }],
    [false, { type: 'boolean', value: false }],
    [0, { type: 'score', value: 0 }],
    [-1.5e300, { type: 'score', value: -1.5e300 }],
    ['', { type: 'categorical', value: '' }],
    ['billing', { type: 'categorical', value: 'billing' }],
    [{}, { type: 'json', value: '{}' }],
    [[1, null, 'a'], { type: 'json', value: '[1,null,"a"]' }],
    [{ score: 1 }, { type: 'json', value: '{"score":1}' }],
    [
      { value: 1, other: 2 },
      { type: 'json', value: '{"value":1,"other":2}' },
    ],
    [{ reasoning: 'why' }, { type: 'json', value: '{"reasoning":"why"}' }],
    [{ value: 1 }, { type: 'score', value: 1 }],
    [{ value: { a: 1 } }, { type: 'json', value: '{"a":1}' }],
    [
      { value: true, reasoning: 'why', assessment: 'pass', metadata: { a: [1] }, tags: { k: 'v' } },
      { type: 'boolean', value: true, reasoning: 'why', assessment: 'pass', metadata: '{"a":[1]}', tags: { k: 'v' } },
    ],
    [
      { value: 'x', reasoning: undefined, assessment: undefined, metadata: undefined, tags: undefined },
      { type: 'categorical', value: 'x' },
    ],
  ])('%j is one value', (returned, evaluation) => {
    expect(interpret(returned)).toEqual({
      result: { status: 'ok', evaluations: [{ label: 'e', ...evaluation }] },
      changes: [],
    })
  })

  it.each([[null], [{ value: null }], [{ value: null, reasoning: 'nothing to judge' }], [multi({ a: null })]])(
    '%j does not apply',
    (returned) => {
      expect(interpret(returned).result).toEqual({ status: 'skipped', reason: 'not-applicable' })
    },
  )

  it.each([
    [undefined, 'e: expected a boolean, a finite number, a string, JSON or null, got undefined'],
    [Number.NaN, 'e: expected a finite number, got the non-finite score NaN'],
    [Number.POSITIVE_INFINITY, 'e: expected a finite number, got the non-finite score Infinity'],
    [Number.NEGATIVE_INFINITY, 'e: expected a finite number, got the non-finite score -Infinity'],
    [1n, 'e: expected a boolean, a finite number, a string, JSON or null, got 1'],
    [Symbol('s'), 'e: expected a boolean, a finite number, a string, JSON or null, got Symbol(s)'],
    [{ value: undefined }, 'e: expected a boolean, a finite number, a string, JSON or null, got undefined'],
    [{ value: Number.NaN }, 'e: expected a finite number, got the non-finite score NaN'],
    [{ value: 1, reasoning: 2 }, 'e: expected a string as reasoning, got 2'],
    [{ value: 1, assessment: 'good' }, `e: expected 'pass' or 'fail' as assessment, got "good"`],
    [{ value: 1, tags: ['a'] }, 'e: expected tags as a record of strings, got an object'],
    [{ value: 1, tags: { a: 1 } }, 'e: expected tags as a record of strings, got an object'],
    [multi({ a: Number.NaN }), 'e-a: expected a finite number, got the non-finite score NaN'],
    [multi({ 'a b': 1 }), 'e: expected names that match /^[a-zA-Z0-9_-]+$/ in multi(), got "a b"'],
    [multi({ constructor: 1 }), 'e: expected names that match /^[a-zA-Z0-9_-]+$/ in multi(), got "constructor"'],
  ])('%s is refused', (returned, message) => {
    expect(refusal(() => interpret(returned))).toBe(message)
  })

  it('is refused when it is a function', () => {
    expect(refusal(() => interpret(() => true))).toMatch(/^e: expected a boolean, .* got /)
  })

  it('may be several values, each with what there is to say about it', () => {
    const returned = multi({ precision: 1, recall: { value: 0.5, reasoning: 'half' }, label: 'x', none: null })
    expect(interpret(returned).result).toEqual({
      status: 'ok',
      evaluations: [
        { label: 'e-precision', type: 'score', value: 1 },
        { label: 'e-recall', type: 'score', value: 0.5, reasoning: 'half' },
        { label: 'e-label', type: 'categorical', value: 'x' },
      ],
    })
  })

  it('tells what keeping it as JSON changed', () => {
    expect(interpret(new Score())).toMatchObject({
      result: { evaluations: [{ type: 'json', value: '{"points":3}' }] },
      changes: ['class'],
    })
    const { result, changes } = interpret({ value: true, metadata: { at: new Date(0) } })
    expect(result).toMatchObject({ evaluations: [{ metadata: '{"at":"1970-01-01T00:00:00.000Z"}' }] })
    expect(changes).toEqual(['date'])
  })

  it('is refused when it is nested too deep to be kept', () => {
    let nested: unknown = 1
    for (let depth = 0; depth < 600; depth++) nested = [nested]
    expect(refusal(() => interpret(nested))).toMatch(/^e: expected a value nested at most 500 deep/)
  })
})

describe('what a summary evaluator returns', () => {
  it.each([
    [true, { type: 'boolean', value: true }],
    [0.5, { type: 'score', value: 0.5 }],
    ['good', { type: 'categorical', value: 'good' }],
    [{ value: 1 }, { type: 'json', value: '{"value":1}' }],
  ])('%j is a value', (returned, value) => {
    expect(interpretSummary('s', returned, new Set())).toEqual({ status: 'ok', ...value })
  })

  it.each([[null], [undefined], [Number.NaN]])('%s is refused', (returned) => {
    expect(refusal(() => interpretSummary('s', returned, new Set()))).toMatch(/^s: expected a/)
  })
})
