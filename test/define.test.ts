import { describe, expect, it } from 'vitest'
import { byName, defineExperiment, multi } from '../src/define.ts'
import { isMulti } from '../src/model/multi.ts'

class Judge {
  readonly name = 'judge' as const
  evaluate() {
    return 0.5
  }
}

describe('defineExperiment', () => {
  it('gives the definition back as it is', () => {
    const definition = { name: 'a', dataset: [{ input: 1 }], task: (input: number) => input }
    expect(defineExperiment(definition)).toBe(definition)
  })
})

describe('byName', () => {
  it('puts evaluators under their names, in order, ready to be spread', () => {
    const judge = new Judge()
    const tone = { name: 'tone', evaluate: () => 'kind' }
    const evaluators = byName(judge, tone)
    expect(Object.entries({ ...evaluators })).toEqual([
      ['judge', judge],
      ['tone', tone],
    ])
    expect(byName()).toEqual({})
  })

  it('refuses two of the same name', () => {
    expect(() => byName(new Judge(), new Judge())).toThrow(
      expect.objectContaining({
        code: 'E_DEFINITION',
        message: 'byName: expected evaluators of different names, got two named "judge"',
      }),
    )
  })

  it.each(['__proto__', 'constructor', 'prototype', '', 'a.b', 'a b', 'é'])(
    'refuses the name "%s" and pollutes nothing',
    (name) => {
      expect(() => byName({ name, evaluate: () => 1 })).toThrow(expect.objectContaining({ code: 'E_DEFINITION' }))
      expect(Reflect.get({}, 'evaluate')).toBeUndefined()
    },
  )

  it.each([
    ['a class', Judge],
    ['a function', () => 1],
    ['null', null],
    ['an object without evaluate', { name: 'a' }],
    ['an object without a name', { evaluate: () => 1 }],
  ])('refuses %s and says which it is', (_name, evaluator) => {
    expect(() => Reflect.apply(byName, undefined, [new Judge(), evaluator])).toThrow(
      expect.objectContaining({
        code: 'E_DEFINITION',
        message: expect.stringMatching(/^byName: evaluator 2: expected /),
      }),
    )
  })
})

describe('multi', () => {
  it('marks several values, and shows it nowhere', () => {
    const values = multi({ precision: 0.5, recall: { value: 0.25, reasoning: 'missed three of four' } })
    expect(isMulti(values)).toBe(true)
    expect(JSON.stringify(values)).toBe('{"precision":0.5,"recall":{"value":0.25,"reasoning":"missed three of four"}}')
    expect(Reflect.ownKeys(values).filter((key) => Object.prototype.propertyIsEnumerable.call(values, key))).toEqual([
      'precision',
      'recall',
    ])
  })

  it('leaves its argument alone and keeps __proto__ as a key', () => {
    const argument = Object.freeze(JSON.parse('{"__proto__":{"value":1}}'))
    expect(JSON.stringify(multi(argument))).toBe('{"__proto__":{"value":1}}')
    expect(isMulti(argument)).toBe(false)
  })

  it('is recognised across two copies of the package', () => {
    expect(Reflect.get(multi({ a: 1 }), Symbol.for('llmobs-exp.multi'))).toBe(true)
  })

  it.each([null, undefined, 1, 'a', [1]])('refuses %j', (values) => {
    expect(() => Reflect.apply(multi, undefined, [values])).toThrow(
      expect.objectContaining({ code: 'E_EVALUATOR_VALUE' }),
    )
  })

  it('is not taken for any other value', () => {
    for (const value of [null, undefined, 1, 'multi', {}, [], { value: 1 }, () => 1]) expect(isMulti(value)).toBe(false)
  })
})
