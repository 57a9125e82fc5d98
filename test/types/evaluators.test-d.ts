// Checked by `tsc` alone: every line must compile, every `@ts-expect-error` must be an error.
import { describe, expectTypeOf, it } from 'vitest'
import {
  byName,
  defineExperiment,
  type Evaluation,
  type EvaluatorContext,
  type EvaluatorObject,
  type EvalValue,
  type ExperimentDefinition,
  multi,
  remoteEvaluator,
} from '../../src/index.ts'

const numbers = [{ input: 1, expectedOutput: 2 }]
const words = [{ input: 'a', expectedOutput: 'b' }]

/** As from another file. */
const near = ({ output }: { output: number }) => Math.abs(output) < 9
const exactMatch = <T>({ output, expectedOutput }: { output: T; expectedOutput: T }) => output === expectedOutput

class Judge {
  readonly name = 'judge'
  async evaluate(_context: { output: number }) {
    return 0.5
  }
}

class Similarity
  implements EvaluatorObject<{ input: string; expectedOutput: string }, string, object, Evaluation<number>>
{
  readonly name = 'similarity'
  evaluate({ output, expectedOutput }: EvaluatorContext<{ input: string; expectedOutput: string }, string, object>) {
    return { value: output === expectedOutput ? 1 : 0, reasoning: 'equal or not' }
  }
}

describe('evaluators', () => {
  it('may be typed already, beside inline ones', () => {
    defineExperiment({
      name: 'typed',
      dataset: numbers,
      task: (n) => n + 1,
      evaluators: {
        near,
        exactMatch,
        big: ({ output }) => {
          expectTypeOf(output).toEqualTypeOf<number>()
          return output > 1
        },
      },
    })
    // @ts-expect-error an evaluator for another output
    defineExperiment({ name: 'typed', dataset: numbers, task: (n) => String(n), evaluators: { near } })
  })

  it('may be class instances, beside inline ones', () => {
    defineExperiment({
      name: 'classes',
      dataset: numbers,
      task: async (n) => n + 1,
      evaluators: { ...byName(new Judge()), positive: ({ output }) => output > 0 },
      thresholds: { judge: 0.5, positive: 1 },
    })
    defineExperiment({
      name: 'classes',
      dataset: words,
      task: (word) => word,
      evaluators: { ...byName(new Similarity()), inline: new Similarity() },
      thresholds: { similarity: 0.5, inline: 0.5 },
    })
    // @ts-expect-error an evaluator for another output
    defineExperiment({ name: 'classes', dataset: words, task: (word) => word, evaluators: byName(new Judge()) })
    // @ts-expect-error the class, not an instance
    byName(Judge, { evaluate: () => 1 })
  })

  it('may be synchronous, asynchronous and methods', () => {
    defineExperiment({
      name: 'kinds',
      dataset: numbers,
      task: (n) => n,
      evaluators: {
        sync: ({ output }) => output > 1,
        slow: async ({ output }) => output / 2,
        async method({ output, signal }) {
          expectTypeOf(signal).toEqualTypeOf<AbortSignal>()
          return { value: output, reasoning: 'why', assessment: output > 0.5 ? ('pass' as const) : ('fail' as const) }
        },
        category: ({ output }) => (output > 1 ? 'large' : 'small'),
        json: ({ output }) => ({ digits: [output] }),
        sometimes: ({ output }) => (output > 1 ? output : null),
      },
      summaryEvaluators: {
        columns: ({ evaluations, inputs, outputs, expectedOutputs, rows }) => {
          expectTypeOf(evaluations.sync).toEqualTypeOf<(boolean | undefined)[]>()
          expectTypeOf(evaluations.slow).toEqualTypeOf<(number | undefined)[]>()
          expectTypeOf(evaluations.method).toEqualTypeOf<(number | undefined)[]>()
          expectTypeOf(evaluations.category).toEqualTypeOf<('large' | 'small' | undefined)[]>()
          expectTypeOf(evaluations.json).toEqualTypeOf<({ digits: number[] } | undefined)[]>()
          expectTypeOf(evaluations.sometimes).toEqualTypeOf<(number | undefined)[]>()
          expectTypeOf(inputs).toEqualTypeOf<number[]>()
          expectTypeOf(outputs).toEqualTypeOf<(number | undefined)[]>()
          expectTypeOf(expectedOutputs).toEqualTypeOf<number[]>()
          expectTypeOf(rows[0]?.evaluations.sync).toEqualTypeOf<boolean | undefined>()
          return inputs.length
        },
      },
    })
  })

  it('return something', () => {
    // @ts-expect-error nothing is no value
    defineExperiment({ name: 'void', dataset: numbers, task: (n) => n, evaluators: { nothing: () => {} } })
    // @ts-expect-error a symbol is no value
    defineExperiment({ name: 'symbol', dataset: numbers, task: (n) => n, evaluators: { odd: () => Symbol('odd') } })
  })

  it('know the names of what they are given', () => {
    defineExperiment({
      name: 'names',
      dataset: words,
      task: () => 1,
      evaluators: {
        // @ts-expect-error it is `expectedOutput`
        misspelt: ({ expected }) => expected === 'b',
        // @ts-expect-error a number is never equal to a string
        types: ({ output, expectedOutput }) => output === expectedOutput,
      },
    })
  })
})

describe('multi', () => {
  it('gives a column and a threshold for each of its labels', () => {
    defineExperiment({
      name: 'multi',
      dataset: numbers,
      task: (n) => n,
      evaluators: {
        quality: ({ output }) =>
          multi({ precision: output / 2, recall: { value: 0.5, reasoning: 'r' }, good: output > 1, maybe: null }),
        async later({ output }) {
          return multi({ half: output / 2 })
        },
      },
      summaryEvaluators: {
        share: ({ evaluations }) => {
          expectTypeOf(evaluations['quality-precision']).toEqualTypeOf<(number | undefined)[]>()
          expectTypeOf(evaluations['quality-recall']).toEqualTypeOf<(number | undefined)[]>()
          expectTypeOf(evaluations['quality-good']).toEqualTypeOf<(boolean | undefined)[]>()
          expectTypeOf(evaluations['later-half']).toEqualTypeOf<(number | undefined)[]>()
          // @ts-expect-error the evaluator itself has no column
          evaluations.quality
          return 1
        },
      },
      thresholds: { 'quality-recall': { min: 0.2 }, share: 1 },
    })
  })

  it('takes values and evaluations, nothing else', () => {
    // @ts-expect-error a function is no value
    multi({ precision: () => 1, wrong: undefined })
    // @ts-expect-error several values have names
    multi([1, 2])
    defineExperiment({
      name: 'multi',
      dataset: numbers,
      task: (n) => n,
      evaluators: { quality: () => multi({ precision: 1 }) },
      // @ts-expect-error a misspelt label
      thresholds: { 'quality-precison': 1 },
    })
  })
})

describe('summary evaluators and thresholds', () => {
  it('are checked against the names of the evaluators', () => {
    defineExperiment({
      name: 'thresholds',
      dataset: numbers,
      task: (n) => n,
      evaluators: { correct: ({ output, expectedOutput }) => output === expectedOutput },
      summaryEvaluators: {
        accuracy: async ({ evaluations }) => evaluations.correct.filter((value) => value === true).length / 2,
        report: () => ({ any: ['json'] }),
      },
      thresholds: { correct: 0.9, accuracy: { min: 0.5, max: 1 } },
    })
    const evaluators = { ...byName(new Judge()), positive: ({ output }: { output: number }) => output > 0 }
    // @ts-expect-error a misspelt threshold
    defineExperiment({ name: 't', dataset: numbers, task: (n) => n, evaluators, thresholds: { judg: 1 } })
    // @ts-expect-error a threshold is a number or a range
    defineExperiment({ name: 't', dataset: numbers, task: (n) => n, evaluators, thresholds: { judge: '90%' } })
    // @ts-expect-error a range has min and max
    defineExperiment({ name: 't', dataset: numbers, task: (n) => n, evaluators, thresholds: { judge: { least: 1 } } })
    defineExperiment({
      name: 't',
      dataset: numbers,
      task: (n) => n,
      evaluators,
      summaryEvaluators: { accuracy: ({ rows }) => rows.length },
      thresholds: {
        judge: { max: 400, better: 'lower', tolerance: 5 },
        accuracy: { better: 'higher' },
        positive: { min: 0.5, tolerance: 0.01 },
      },
    })
    defineExperiment({
      name: 't',
      dataset: numbers,
      task: (n) => n,
      evaluators,
      thresholds: {
        // @ts-expect-error better is one of two words
        judge: { better: 'less' },
        // @ts-expect-error a tolerance is a number
        positive: { tolerance: '5%' },
      },
    })
    defineExperiment({
      name: 't',
      dataset: numbers,
      task: (n) => n,
      evaluators: {
        ...evaluators,
        quality: () => multi({ recall: 0.5, label: 'a' }),
        tone: remoteEvaluator('tone'),
      },
      thresholds: {
        'judge.p95': { max: 400 },
        'judge.min': 0.1,
        'quality-recall.max': { max: 1 },
        'tone.p50': 0.5,
        'error-rate': { max: 0.02 },
        'latency.p95': { max: 2_000 },
      },
    })
    defineExperiment({
      name: 't',
      dataset: numbers,
      task: (n) => n,
      evaluators: { ...evaluators, latency: () => 3, 'error-rate': () => true },
      // A name of its own goes before that of the rows.
      thresholds: { 'latency.p95': 3, 'error-rate': 0.9 },
    })
    defineExperiment({
      name: 't',
      dataset: numbers,
      task: (n) => n,
      evaluators,
      thresholds: {
        // @ts-expect-error there is no such quantile
        'judge.p99': { max: 400 },
      },
    })
    defineExperiment({
      name: 't',
      dataset: numbers,
      task: (n) => n,
      evaluators,
      thresholds: {
        // @ts-expect-error a boolean has no quantiles
        'positive.p95': 1,
      },
    })
    defineExperiment({
      name: 't',
      dataset: numbers,
      task: (n) => n,
      evaluators,
      thresholds: {
        // @ts-expect-error a bare number could be taken for either end
        'error-rate': 0.02,
        // @ts-expect-error there is no least latency
        'latency.p95': { min: 1 },
      },
    })
    defineExperiment({
      name: 't',
      dataset: numbers,
      task: (n) => n,
      evaluators,
      thresholds: {
        // @ts-expect-error misspelt
        'latency.p59': { max: 1 },
      },
    })
    defineExperiment({
      name: 't',
      dataset: numbers,
      task: (n) => n,
      evaluators: { correct: ({ output, expectedOutput }) => output === expectedOutput },
      summaryEvaluators: { accuracy: ({ rows }) => rows.length },
      thresholds: {
        correct: 1,
        // @ts-expect-error misspelt, beside inline evaluators
        acuracy: 1,
      },
    })
    defineExperiment({
      name: 's',
      dataset: numbers,
      task: (n) => n,
      evaluators,
      // @ts-expect-error a misspelt column
      summaryEvaluators: { accuracy: ({ evaluations }) => evaluations.positiv.length },
    })
    defineExperiment({
      name: 's',
      dataset: numbers,
      task: (n) => n,
      evaluators,
      // @ts-expect-error a summary evaluator returns a value
      summaryEvaluators: { accuracy: () => {} },
    })
  })
})

describe('a definition', () => {
  it('is one, whatever it is made of', () => {
    const definition = defineExperiment({
      name: 'd',
      dataset: numbers,
      task: (n) => String(n),
      evaluators: { long: ({ output }) => output.length > 3 },
      thresholds: { long: 0.5 },
    })
    expectTypeOf(definition).toExtend<ExperimentDefinition<{ input: number; expectedOutput: number }, string>>()
    expectTypeOf(definition.name).toEqualTypeOf<string>()
  })
})

describe('remoteEvaluator', () => {
  it('fits under a name of its own and under byName, whatever the row', () => {
    defineExperiment({
      name: 'judged',
      dataset: words,
      config: { model: 'a' },
      task: (word) => ({ label: word }),
      evaluators: {
        ...byName(remoteEvaluator('helpfulness')),
        tone: remoteEvaluator<number>('Tone of voice'),
        short: ({ output }) => {
          expectTypeOf(output).toEqualTypeOf<{ label: string }>()
          return output.label.length < 9
        },
      },
      summaryEvaluators: {
        worst: ({ evaluations }) => {
          expectTypeOf(evaluations.tone).toEqualTypeOf<(number | undefined)[]>()
          expectTypeOf(evaluations.helpfulness).toEqualTypeOf<(EvalValue | undefined)[]>()
          return Math.min(...evaluations.tone.map((tone) => tone ?? 0))
        },
      },
      thresholds: { helpfulness: 0.5, tone: 0.5, worst: 0.1 },
    })
  })

  it('has a name that is known', () => {
    expectTypeOf(remoteEvaluator('helpfulness').name).toEqualTypeOf<'helpfulness'>()
  })

  it('tells transform of the row', () => {
    remoteEvaluator('tone', {
      transform: ({ input, output, spanId }) => {
        expectTypeOf(input).toEqualTypeOf<unknown>()
        return { span_input: input, span_output: output, span_id: spanId }
      },
    })
    remoteEvaluator('tone', { transform: async ({ output }: { output: string }) => ({ span_output: output }) })
    // @ts-expect-error: no context
    remoteEvaluator('tone', { transform: () => 'text' })
    // @ts-expect-error: misspelt
    remoteEvaluator('tone', { transfrom: () => ({}) })
    // @ts-expect-error: no name
    remoteEvaluator()
  })
})
