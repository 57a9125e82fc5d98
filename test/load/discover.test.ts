import { describe, expect, test } from 'vitest'
import { discover } from '../../src/load/discover.ts'
import { openSource } from '../../src/model/dataset.ts'

const dataset = [{ input: 1 }, { input: 2 }]
const task = (input: unknown) => input
class Similarity {
  readonly name = 'similar'
  evaluate() {
    return 1
  }
}
const one = { name: 'one', dataset, task }

function names(namespace: object): string[] {
  return discover(namespace, 'my-exp.ts').map(({ info }) => `${info.ref.exportName}: ${info.name}`)
}

describe('which exports count', () => {
  test('a default export', () => {
    expect(names({ default: one })).toEqual(['default: one'])
  })

  test('the items of a default array, in order, then named exports', () => {
    const two = { ...one, name: 'two' }
    const three = { ...one, name: 'three' }
    expect(names({ extra: three, default: [two, one] })).toEqual(['default[0]: two', 'default[1]: one', 'extra: three'])
  })

  test('the items of a named array of definitions', () => {
    expect(names({ all: [one] })).toEqual(['all[0]: one'])
  })

  test('named exports with a dataset and a task or variants; nothing else', () => {
    const variants = { a: { task } }
    const namespace = {
      one,
      varied: { name: 'v', dataset, variants },
      helper: task,
      dataset,
      limit: 3,
      none: null,
      half: { dataset },
    }
    expect(names(namespace)).toEqual(['one: one', 'varied: v/a'])
  })

  test('one that is exported twice counts once', () => {
    expect(names({ default: one, again: one, list: [one] })).toEqual(['default: one'])
  })

  test('what a CommonJS module exports arrives as its default export', () => {
    expect(names({ default: one, 'module.exports': one })).toEqual(['default: one'])
    expect(names({ default: { __esModule: true, default: one, other: { ...one, name: 'other' } } })).toEqual([
      'default: one',
      'other: other',
    ])
    expect(names({ default: { one, helper: task } })).toEqual(['one: one'])
  })

  test('a default export that is no definition is refused', () => {
    expect(() => names({ default: task, one })).toThrow(
      /export "default": expected an experiment definition.*got a function/,
    )
    expect(() => names({ default: [one, null] })).toThrow(/export "default\[1\]": .*got null/)
    expect(() => names({ default: { nam: 'x', dataset }, one })).toThrow(/export "default": /)
  })

  test.each([
    [{}, 'my-exp.ts exports nothing'],
    [{ helper: task, limit: 3 }, 'my-exp.ts exports no experiment, only "helper" (a function), "limit" (the number 3)'],
    [{ default: [] }, 'my-exp.ts exports no experiment, only "default" (an empty array)'],
  ])('a module without an experiment is refused and told what it exports (%#)', (namespace, message) => {
    expect(() => names(namespace)).toThrow(expect.objectContaining({ code: 'E_NO_EXPERIMENT', message }))
  })
})

describe('variants', () => {
  const own = (input: unknown) => [input]
  const definition = {
    ...one,
    config: { model: 'small', temperature: 0 },
    variants: { small: {}, large: { config: { model: 'large' } }, own: { task: own } },
  }
  const found = discover({ default: definition }, 'my-exp.ts')

  test('each is an experiment of its own', () => {
    expect(found.map(({ info }) => info.name)).toEqual(['one/small', 'one/large', 'one/own'])
    expect(found.map(({ info }) => info.ref)).toEqual([
      { exportName: 'default', variant: 'small' },
      { exportName: 'default', variant: 'large' },
      { exportName: 'default', variant: 'own' },
    ])
  })

  test('a config replaces keys of the config of the definition', () => {
    expect(found.map(({ info }) => info.config)).toEqual([
      '{"model":"small","temperature":0}',
      '{"model":"large","temperature":0}',
      '{"model":"small","temperature":0}',
    ])
    expect(found[1]?.definition.config).toEqual({ model: 'large', temperature: 0 })
  })

  test('a task replaces that of the definition', () => {
    expect(found.map((experiment) => experiment.definition.task)).toEqual([task, task, own])
  })
})

describe('what is told of a definition', () => {
  test('everything that can be told without its functions', () => {
    const [found] = discover(
      {
        default: {
          ...one,
          project: 'p',
          description: 'd',
          evaluators: {
            exact: () => true,
            judge: { name: 'judge', evaluate: async () => 1 },
            similar: new Similarity(),
          },
          summaryEvaluators: { accuracy: () => 1 },
          thresholds: {
            accuracy: 0.9,
            exact: { max: 1 },
            'judge-recall': { min: 0, max: 1 },
            judge: { max: 4, better: 'lower', tolerance: 0.5 },
          },
          tags: { team: 'support' },
          runs: 3,
          jobs: 8,
          timeout: 30_000,
          evalTimeout: 1,
          maxRetries: 0,
        },
      },
      'my-exp.ts',
    )
    expect(found?.info).toEqual({
      ref: { exportName: 'default' },
      name: 'one',
      project: 'p',
      description: 'd',
      config: '{}',
      evaluators: ['exact', 'judge', 'similar'],
      summaryEvaluators: ['accuracy'],
      thresholds: {
        accuracy: { min: 0.9 },
        exact: { max: 1 },
        'judge-recall': { min: 0, max: 1 },
        judge: { max: 4, better: 'lower', tolerance: 0.5 },
      },
      tags: { team: 'support' },
      dataset: { kind: 'array', description: '2 inline records', length: 2 },
      runs: 3,
      jobs: 8,
      timeout: 30_000,
      evalTimeout: 1,
      maxRetries: 0,
      code: {
        task: { isAsync: false },
        evaluators: {
          exact: { isAsync: false },
          judge: { isAsync: true, className: '' },
          similar: { isAsync: false, className: 'Similarity' },
        },
        summaryEvaluators: { accuracy: { isAsync: false } },
      },
    })
    expect(structuredClone(found?.info)).toEqual(found?.info)
  })

  test.each([
    [[{ input: 1 }], { kind: 'array', description: '1 inline record', length: 1 }],
    [new Set([{ input: 1 }]), { kind: 'iterable', description: 'an iterable' }],
    [(async function* () {})(), { kind: 'iterable', description: 'an async iterable' }],
    [{ [openSource]: { description: 'jsonl ./x.jsonl' } }, { kind: 'source', description: 'jsonl ./x.jsonl' }],
    [{ [openSource]: { description: 'a queue', checkedFirst: false } }, { kind: 'iterable', description: 'a queue' }],
  ])('a dataset by its kind (%#)', (given, info) => {
    expect(discover({ default: { ...one, dataset: given } }, 'my-exp.ts')[0]?.info.dataset).toEqual(info)
  })

  test('no key of a definition pollutes anything (D7)', () => {
    const config = JSON.parse('{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}')
    const tags = JSON.parse('{"__proto__":"x"}')
    const [found] = discover({ default: { ...one, config, tags, variants: { a: { config } } } }, 'my-exp.ts')
    expect(found?.info.config).toBe(JSON.stringify(config))
    expect(Object.keys(found?.info.tags ?? {})).toEqual(['__proto__'])
    expect(Reflect.get({}, 'polluted')).toBeUndefined()
  })
})
