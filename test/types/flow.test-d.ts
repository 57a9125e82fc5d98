// Checked by `tsc` alone: every line must compile, every `@ts-expect-error` must be an error.
import { describe, expectTypeOf, it } from 'vitest'
import { defineExperiment, type Redact } from '../../src/index.ts'

const numbers = [{ input: 1, expectedOutput: 2 }]

describe('a minimal definition', () => {
  it('takes the input from the dataset and the output from the task', () => {
    defineExperiment({
      name: 'capitals',
      dataset: [
        { input: { country: 'France' }, expectedOutput: 'Paris' },
        { input: { country: 'Japan' }, expectedOutput: 'Tokyo' },
      ],
      task: async ({ country }, context) => {
        expectTypeOf(country).toEqualTypeOf<string>()
        expectTypeOf(context.signal).toEqualTypeOf<AbortSignal>()
        expectTypeOf(context.runIteration).toEqualTypeOf<number>()
        expectTypeOf(context.tags).toEqualTypeOf<readonly string[]>()
        return { capital: country }
      },
      evaluators: {
        exact: ({ input, output, expectedOutput, record, spanId }) => {
          expectTypeOf(input).toEqualTypeOf<{ country: string }>()
          expectTypeOf(output).toEqualTypeOf<{ capital: string }>()
          expectTypeOf(expectedOutput).toEqualTypeOf<string>()
          expectTypeOf(record.input).toEqualTypeOf<{ country: string }>()
          expectTypeOf(spanId).toEqualTypeOf<string>()
          return output.capital === expectedOutput
        },
      },
    })
  })

  it('may leave out all but name, dataset and task', () => {
    defineExperiment({ name: 'a', dataset: numbers, task: (n) => n + 1 })
    // @ts-expect-error a dataset is wanted
    defineExperiment({ name: 'a', task: (n: number) => n })
    // @ts-expect-error a name is wanted
    defineExperiment({ dataset: numbers, task: (n: number) => n })
  })

  it('has no way from the task to the expected output', () => {
    // @ts-expect-error the expectation is no business of the task
    defineExperiment({ name: 'leak', dataset: numbers, task: (_, { expectedOutput }) => expectedOutput })
  })

  it('takes records of any kind of dataset', () => {
    async function* slowly() {
      yield { input: 1, expectedOutput: 2 }
    }
    function* quickly() {
      yield { input: 1, expectedOutput: 2 }
    }
    const frozen = [{ input: 1, expectedOutput: 2 }] as const
    for (const dataset of [slowly(), quickly(), new Set(numbers)]) {
      defineExperiment({
        name: 'a',
        dataset,
        task: (n) => n.toFixed(),
        evaluators: { ok: ({ output }) => output === '1' },
      })
    }
    defineExperiment({
      name: 'a',
      dataset: frozen,
      task: (n) => n,
      evaluators: { ok: ({ output, expectedOutput }) => (output as number) === expectedOutput },
    })
    // @ts-expect-error records have an input
    defineExperiment({ name: 'a', dataset: [{ inputs: 1 }], task: (n) => n })
    // @ts-expect-error tags are a list
    defineExperiment({ name: 'a', dataset: [{ input: 1, tags: 'lang:en' }], task: (n) => n })
    // @ts-expect-error a dataset is no string
    defineExperiment({ name: 'a', dataset: 'records.jsonl', task: (n) => n })
  })

  it('refuses a member that it does not know', () => {
    // @ts-expect-error it is `evaluators`
    defineExperiment({ name: 'a', dataset: numbers, task: (n) => n, scorers: {} })
  })
})

describe('mixed records', () => {
  it('know that a value may be absent', () => {
    defineExperiment({
      name: 'mixed',
      dataset: [{ input: 1, expectedOutput: 'a', metadata: { hard: true } }, { input: 2 }],
      task: (n, { metadata }) => {
        expectTypeOf(metadata).toEqualTypeOf<{ hard: boolean } | undefined>()
        return String(n)
      },
      evaluators: {
        ok: ({ output, expectedOutput }) => {
          expectTypeOf(expectedOutput).toEqualTypeOf<string | undefined>()
          return output === expectedOutput
        },
        length: ({ expectedOutput }) => {
          // @ts-expect-error it may be undefined
          expectedOutput.length
          return expectedOutput?.length ?? null
        },
      },
    })
  })
})

describe('records without expectation', () => {
  it('have none', () => {
    defineExperiment({
      name: 'no expectation',
      dataset: [{ input: 'a' }],
      task: (text) => text,
      evaluators: {
        short: ({ output, expectedOutput, metadata }) => {
          expectTypeOf(expectedOutput).toEqualTypeOf<undefined>()
          expectTypeOf(metadata).toEqualTypeOf<undefined>()
          return output.length < 10
        },
        // @ts-expect-error nothing can be equal to it
        exact: ({ output, expectedOutput }) => output === expectedOutput.toUpperCase(),
      },
    })
  })
})

describe('config', () => {
  it('reaches task and evaluators as it is', () => {
    defineExperiment({
      name: 'config',
      dataset: numbers,
      config: { model: 'small-1', temperature: 0 },
      task: (n, { config }) => {
        expectTypeOf(config).toEqualTypeOf<{ model: string; temperature: number }>()
        return n
      },
      evaluators: { ok: ({ config }) => config.model === 'small-1' },
    })
  })

  it('has no keys when there is none', () => {
    // @ts-expect-error no such key
    defineExperiment({ name: 'absent', dataset: numbers, task: (_, { config }) => config.model })
  })

  it('has only the keys that are written', () => {
    // @ts-expect-error no such key
    defineExperiment({ name: 'c', dataset: numbers, config: { model: 'a' }, task: (_, { config }) => config.modle })
  })
})

describe('variants', () => {
  it('replace keys of the config and the task', () => {
    defineExperiment({
      name: 'variants',
      dataset: numbers,
      config: { model: 'small-1', temperature: 0 },
      variants: { small: {}, large: { config: { model: 'large-2' } }, own: { task: (n) => ({ sum: n }) } },
      task: (n) => ({ sum: n + 1 }),
      evaluators: { ok: ({ output, expectedOutput }) => output.sum === expectedOutput },
    })
  })

  it('may have all the tasks', () => {
    defineExperiment({
      name: 'variants only',
      dataset: numbers,
      variants: { franc: { task: (n) => n + 1 }, tinyld: { task: async (n) => n * 2 } },
      evaluators: {
        ok: ({ output }) => {
          expectTypeOf(output).toEqualTypeOf<number>()
          return output > 1
        },
      },
    })
  })

  it('know the config and the input', () => {
    const config = { model: 'small-1' }
    defineExperiment({
      name: 'config',
      dataset: numbers,
      config,
      task: (n) => n,
      variants: {
        // @ts-expect-error an unknown config key
        misspelt: { config: { modle: 'b' } },
        // @ts-expect-error a config value of another type
        types: { config: { model: 1 } },
      },
    })
    // @ts-expect-error numbers have no such method
    defineExperiment({ name: 'c', dataset: numbers, variants: { x: { task: (n) => n.toUpperCase() } } })
    // @ts-expect-error no such member
    defineExperiment({ name: 'c', dataset: numbers, task: (n) => n, variants: { x: { evaluators: {} } } })
  })
})

describe('redact', () => {
  it('is given anything, and where it stands', () => {
    defineExperiment({
      name: 'private',
      dataset: numbers,
      task: (n) => n + 1,
      redact: (value, path) => {
        expectTypeOf(value).toEqualTypeOf<unknown>()
        expectTypeOf(path).toEqualTypeOf<string>()
        return path === 'input' ? undefined : value
      },
    })
    const redact: Redact = (value) => value
    defineExperiment({ name: 'private', dataset: numbers, task: (n) => n + 1, redact })
    // @ts-expect-error a function is wanted
    defineExperiment({ name: 'private', dataset: numbers, task: (n) => n + 1, redact: ['input'] })
  })
})
