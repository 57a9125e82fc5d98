import fc from 'fast-check'
import { expect, test } from 'vitest'
import { validateDefinition } from '../../src/load/validate-definition.ts'
import { LlmobsExpError } from '../../src/model/errors.ts'

const place = { file: 'my-exp.ts', exportName: 'default' }
const dataset = [{ input: 1 }]
const task = (input: unknown) => input
const valid = { name: 'capitals', dataset, task }

/** What is wrong with a definition: the message after the place, then the hints. */
function problems(definition: unknown): string[] {
  try {
    validateDefinition(definition, place)
    return []
  } catch (error) {
    if (!(error instanceof LlmobsExpError)) throw error
    expect(error).toMatchObject({ code: 'E_DEFINITION', location: { file: 'my-exp.ts' } })
    return [error.message.replace('my-exp.ts, export "default": ', ''), ...(error.hint?.split('\n') ?? [])]
  }
}

test.each([
  [{}],
  [{ description: '', project: 'p', config: {}, evaluators: {}, summaryEvaluators: {}, thresholds: {}, tags: {} }],
  [{ runs: 10_000, jobs: 1, timeout: 2 ** 31 - 1, evalTimeout: 1, maxRetries: 100 }],
  [{ task: undefined, variants: { a: { task }, 'b-1_C': { task, config: {} } } }],
  [{ evaluators: Object.assign(Object.create(null), { toString: task }) }],
  [{ evaluators: { many: task }, thresholds: { 'many-precision': 0.5 } }],
  [{ config: Object.create(null) }],
  [{ evaluators: { a: task }, thresholds: { a: { max: 400, better: 'lower', tolerance: 5 } } }],
  [{ evaluators: { a: task }, thresholds: { a: { better: 'higher' } } }],
  [{ evaluators: { a: task }, thresholds: { 'a.p95': { max: 1 }, 'a-b.min': 0 } }],
  [{ thresholds: { 'error-rate': { max: 0.02 }, 'latency.p95': { max: 2_000 } } }],
  [{ evaluators: { latency: task, 'error-rate': task }, thresholds: { 'latency.p95': 1, 'error-rate': 0.5 } }],
  [{ evaluators: { a: task }, thresholds: { a: { tolerance: 0 } } }],
])('a definition is accepted (%#)', (more) => {
  expect(problems({ ...valid, ...more })).toEqual([])
})

test.each<[object, ...string[]]>([
  [{ name: undefined }, 'name: expected a string that is not empty, got undefined'],
  [{ name: '  ' }, 'name: expected a string that is not empty, got "  "'],
  [{ name: 'a\u001b[2Jb' }, 'name: expected a string without control characters, got "a\\u001b[2Jb"'],
  [{ name: 'a\u202eb' }, 'name: expected a string without control characters, got "a\\u202eb"'],
  [{ project: '' }, 'project: expected a string that is not empty, got ""'],
  [{ description: 1 }, 'description: expected a string, got the number 1'],
  [
    { dataset: () => dataset },
    'dataset: expected an array, a source such as jsonl(), or an iterable of records, got a function',
    'call it: dataset: records()',
  ],
  [
    { dataset: Promise.resolve(dataset) },
    'dataset: expected an array, a source such as jsonl(), or an iterable of records, got a promise',
    'await it: dataset: await records()',
  ],
  [
    { dataset: './x.jsonl' },
    'dataset: expected an array, a source such as jsonl(), or an iterable of records, got "./x.jsonl"',
    'did you mean jsonl("./x.jsonl")?',
  ],
  [{ dataset: {} }, 'dataset: expected an array, a source such as jsonl(), or an iterable of records, got an object'],
  [{ config: [] }, 'config: expected a plain object, got an empty array'],
  [{ config: new Map() }, 'config: expected a plain object, got a Map'],
  [{ task: 'ask' }, 'task: expected a function, got "ask"'],
  [{ task: undefined }, 'task: expected a function, got undefined'],
  [{ variants: [] }, 'variants: expected an object of variants by name, got an empty array'],
  [{ variants: {} }, 'variants: expected at least one variant, got none'],
  [{ variants: { a: task } }, 'variants.a: expected an object { config?, task? }, got a function'],
  [{ variants: { 'a b': {} } }, 'variants["a b"]: expected a name of letters, digits, "_" and "-", got "a b"'],
  [{ variants: { a: { confg: {} } } }, 'variants.a.confg: there is no such property', 'did you mean "config"?'],
  [{ variants: { a: { config: 1 } } }, 'variants.a.config: expected a plain object, got the number 1'],
  [
    { task: undefined, variants: { a: { task }, b: {} } },
    'variants.b.task: expected a function, because the definition has no task, got undefined',
  ],
  [
    { evaluators: [task] },
    'evaluators: expected an object of evaluators by name, got an array of 1',
    'for evaluators with a name of their own: evaluators: byName(a, b)',
  ],
  [
    { evaluators: { a: true } },
    'evaluators.a: expected a function or an object with a method evaluate, got the boolean true',
  ],
  [
    { evaluators: { a: { name: 'a' } } },
    'evaluators.a: expected a function or an object with a method evaluate, got an object',
  ],
  [
    { evaluators: { a: { name: 'b', evaluate: task } } },
    'evaluators.a.name: expected "a", the key it stands under, got "b"',
    'byName(…) makes the keys from the names',
  ],
  [{ evaluators: { 'a.b': task } }, 'evaluators["a.b"]: expected a name of letters, digits, "_" and "-", got "a.b"'],
  [{ evaluators: { '': task } }, 'evaluators[""]: expected a name of letters, digits, "_" and "-", got ""'],
  [
    { evaluators: { constructor: task } },
    'evaluators.constructor: expected another name, got "constructor", which JavaScript objects already use',
  ],
  [
    { evaluators: { ['x'.repeat(300)]: task } },
    `evaluators.${'x'.repeat(300)}: expected a name of at most 200 characters, got 300`,
  ],
  [{ summaryEvaluators: { a: 1 } }, 'summaryEvaluators.a: expected a function, got the number 1'],
  [
    { evaluators: { a: task }, summaryEvaluators: { a: task } },
    'summaryEvaluators.a: expected a name of its own, got that of the evaluator "a"',
  ],
  [
    { evaluators: { exact: task }, thresholds: { exat: 1 } },
    'thresholds.exat: expected the name of an evaluator or a summary evaluator, got "exat"',
    'did you mean "exact"?',
  ],
  [
    { thresholds: { exact: 1 } },
    'thresholds.exact: expected the name of an evaluator or a summary evaluator, got "exact"',
    'the definition has none',
  ],
  [
    { evaluators: { many: task }, thresholds: { 'many-': 1 } },
    'thresholds["many-"]: expected the name of an evaluator or a summary evaluator, got "many-"',
    'did you mean "many"?',
  ],
  [
    { evaluators: { a: task }, thresholds: { a: Number.NaN } },
    'thresholds.a: expected a finite number or { min?, max?, better?, tolerance? }, got the number NaN',
  ],
  [
    { evaluators: { tokens: task }, thresholds: { 'tokens.p99': { max: 1 } } },
    'thresholds["tokens.p99"]: expected the name of an evaluator or a summary evaluator, got "tokens.p99"',
    'did you mean "tokens.p95"?',
  ],
  [
    { thresholds: { 'error-rat': { max: 0.1 } } },
    'thresholds["error-rat"]: expected the name of an evaluator or a summary evaluator, got "error-rat"',
    'did you mean "error-rate"?',
  ],
  [
    { evaluators: { error: task }, thresholds: { 'error-rate': { max: 0.1 } } },
    'thresholds["error-rate"]: expected a name that means one thing, got "error-rate", which may also be a label of an evaluator',
    'rename the evaluator; --max-errors 5% is a condition on errors too',
  ],
  [
    { thresholds: { 'error-rate': 0.1 } },
    'thresholds["error-rate"]: expected an object such as { max: 0.02 }, got the number 0.1',
  ],
  [
    { thresholds: { 'error-rate': { max: 5 } } },
    'thresholds["error-rate"].max: expected a share from 0 to 1, got the number 5',
  ],
  [
    { thresholds: { 'latency.p95': { min: 1, max: 2 } } },
    'thresholds["latency.p95"].min: there is no such property',
    'known: max',
  ],
  [
    { evaluators: { a: task }, thresholds: { a: { better: 'less' } } },
    "thresholds.a.better: expected 'higher' or 'lower', got \"less\"",
  ],
  ...[-1, Number.NaN, '5%'].map((tolerance): [object, string] => [
    { evaluators: { a: task }, thresholds: { a: { min: 1, tolerance } } },
    `thresholds.a.tolerance: expected a finite number that is not negative, got ${typeof tolerance === 'string' ? '"5%"' : `the number ${tolerance}`}`,
  ]),
  [{ evaluators: { a: task }, thresholds: { a: {} } }, 'thresholds.a: expected min, max, or both, got neither'],
  [{ evaluators: { a: task }, thresholds: { a: { min: '1' } } }, 'thresholds.a.min: expected a finite number, got "1"'],
  [
    { evaluators: { a: task }, thresholds: { a: { min: 2, max: 1 } } },
    'thresholds.a: expected min to be at most max, got min 2 and max 1',
  ],
  [
    { evaluators: { a: task }, thresholds: { a: { min: 1, mx: 2 } } },
    'thresholds.a.mx: there is no such property',
    'did you mean "max"?',
  ],
  [{ tags: ['team:support'] }, "tags: expected an object of strings, such as { team: 'support' }, got an array of 1"],
  [{ tags: { team: 1 } }, 'tags.team: expected a string, got the number 1'],
  [{ runs: 0 }, 'runs: expected a whole number from 1 to 10000, got the number 0'],
  [{ jobs: 1.5 }, 'jobs: expected a whole number from 1 to 10000, got the number 1.5'],
  [{ jobs: '10' }, 'jobs: expected a whole number from 1 to 10000, got "10"'],
  [
    { timeout: Infinity },
    'timeout: expected a whole number of milliseconds from 1 to 2147483647, got the number Infinity',
  ],
  [{ evalTimeout: 0 }, 'evalTimeout: expected a whole number of milliseconds from 1 to 2147483647, got the number 0'],
  [{ maxRetries: -1 }, 'maxRetries: expected a whole number from 0 to 100, got the number -1'],
  [{ redact: ['input'] }, 'redact: expected a function, got an array of 1'],
  [{ datset: dataset }, 'datset: there is no such property', 'did you mean "dataset"?'],
  [{ evaluator: {} }, 'evaluator: there is no such property', 'did you mean "evaluators"?'],
  [{ scorers: [] }, 'scorers: there is no such property', 'evaluators is the word here'],
  [{ data: [] }, 'data: there is no such property', 'dataset is the word here'],
  [
    { expected: 1 },
    'expected: there is no such property',
    'an expectation belongs to its record: dataset: [{ input, expectedOutput }]',
  ],
])('a definition is refused with what was expected and got (%#)', (more, ...expected) => {
  expect(problems({ ...valid, ...more })).toEqual(expected)
})

test('a config that is nested too deeply is refused', () => {
  let deep: object = {}
  for (let depth = 0; depth < 600; depth++) deep = { deep }
  expect(problems({ ...valid, config: deep })).toEqual([
    'config: expected a value nested at most 500 deep, got a deeper one',
  ])
})

test('a name that only JSON can write is refused and pollutes nothing', () => {
  const evaluators = JSON.parse('{"__proto__":{"polluted":true}}')
  expect(problems({ ...valid, evaluators })).toEqual([
    'evaluators.__proto__: expected another name, got "__proto__", which JavaScript objects already use',
    'also: evaluators.__proto__: expected a function or an object with a method evaluate, got an object',
  ])
  expect(Reflect.get({}, 'polluted')).toBeUndefined()
})

test('all problems are told at once', () => {
  expect(problems({ nam: 'x', dataset: 1, task })).toEqual([
    'nam: there is no such property',
    'did you mean "name"?',
    'also: name: expected a string that is not empty, got undefined',
    'also: dataset: expected an array, a source such as jsonl(), or an iterable of records, got the number 1',
  ])
})

test('a property that throws when it is read is named', () => {
  const definition = {
    ...valid,
    get config(): object {
      throw new Error('no config today')
    },
  }
  expect(problems(definition)).toEqual(['config: reading it threw "no config today"'])
})

test('every property is read once', () => {
  let reads = 0
  const definition = {
    ...valid,
    get runs() {
      reads++
      return reads
    },
  }
  expect(validateDefinition(definition, place).runs).toBe(1)
  expect(reads).toBe(1)
})

test('whatever is exported is either accepted or refused with an explanation', () => {
  const keys = fc.constantFrom(
    'name',
    'dataset',
    'task',
    'variants',
    'evaluators',
    'thresholds',
    'tags',
    'config',
    'runs',
    'x',
  )
  const value = fc.anything({ withNullPrototype: true, withMap: true, withSet: true, withBigInt: true, withDate: true })
  fc.assert(
    fc.property(fc.dictionary(keys, value), value, (definition, other) => {
      for (const exported of [{ ...valid, ...definition }, definition, other]) {
        for (const line of problems(exported)) expect(line).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Surrogate}]/u)
      }
    }),
  )
})
