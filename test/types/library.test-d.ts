// Checked by `tsc` alone: every line must compile, every `@ts-expect-error` must be an error.
import { describe, expectTypeOf, it } from 'vitest'
import {
  defineExperiment,
  type Evaluation,
  type ExperimentRun,
  multi,
  type ResultOf,
  type RunEvent,
  type RunExperimentOptions,
  type RunResult,
  runExperiment,
  runExperimentSync,
} from '../../src/index.ts'

const definition = defineExperiment({
  name: 'typed',
  dataset: [{ input: { country: 'France' }, expectedOutput: 'Paris', metadata: { hard: true } }],
  config: { model: 'small' },
  task: async ({ country }) => ({ city: country, tokens: 3 }),
  evaluators: {
    exact: ({ output, expectedOutput }) => output.city === expectedOutput,
    tone: (): Evaluation<number> => ({ value: 0.5, reasoning: 'calm' }),
    kind: (): 'long' | 'short' | null => null,
    quality: () => multi({ precision: 1, labels: ['a'] }),
  },
  summaryEvaluators: { best: ({ outputs }) => outputs[0]?.city ?? 'none', count: ({ rows }) => rows.length },
})

describe('the result of a definition', () => {
  it('has rows with the types of the dataset, the task and the evaluators', async () => {
    const result = await runExperiment(definition)
    for await (const row of result.rows()) {
      expectTypeOf(row.input).toEqualTypeOf<{ country: string }>()
      expectTypeOf(row.output).toEqualTypeOf<{ city: string; tokens: number } | undefined>()
      expectTypeOf(row.expectedOutput).toEqualTypeOf<string>()
      expectTypeOf(row.metadata).toEqualTypeOf<{ hard: boolean }>()
      expectTypeOf(row.evaluations.exact).toEqualTypeOf<boolean | undefined>()
      expectTypeOf(row.evaluations.tone).toEqualTypeOf<number | undefined>()
      expectTypeOf(row.evaluations.kind).toEqualTypeOf<'long' | 'short' | undefined>()
      expectTypeOf(row.evaluations['quality-precision']).toEqualTypeOf<number | undefined>()
      expectTypeOf(row.details.tone?.reasoning).toEqualTypeOf<string | undefined>()
      expectTypeOf(row.evaluatorErrors.quality?.message).toEqualTypeOf<string | undefined>()
      // @ts-expect-error there is no such evaluator
      row.evaluations.exactly
      // @ts-expect-error it gives labels of its own
      row.evaluations.quality
    }
  })

  it('has a table of cells: what is no text, number or boolean is text', async () => {
    const [row] = await (await runExperiment(definition)).toTable()
    if (row === undefined) return
    expectTypeOf(row.exact).toEqualTypeOf<boolean | null>()
    expectTypeOf(row.tone).toEqualTypeOf<number | null>()
    expectTypeOf(row.kind).toEqualTypeOf<'long' | 'short' | null>()
    expectTypeOf(row['quality-labels']).toEqualTypeOf<string | null>()
    expectTypeOf(row.input).toEqualTypeOf<string>()
    expectTypeOf(row.output).toEqualTypeOf<string | null>()
    expectTypeOf(row.expectedOutput).toEqualTypeOf<string>()
    expectTypeOf(row.status).toEqualTypeOf<'ok' | 'error' | 'timeout' | 'skipped' | 'cancelled'>()
    // @ts-expect-error there is no such column
    row.nope
  })

  it('keeps columns apart that have one name', async () => {
    const result = await runExperiment({
      name: 'collides',
      dataset: [{ input: 1 }],
      task: (n) => n,
      evaluators: { status: () => 'fine', input: () => true },
    })
    const [row] = await result.toTable()
    if (row === undefined) return
    expectTypeOf(row['evaluations.status']).toEqualTypeOf<string | null>()
    expectTypeOf(row['evaluations.input']).toEqualTypeOf<boolean | null>()
    expectTypeOf(row.input).toEqualTypeOf<number>()
  })

  it('has summaries by name', async () => {
    const { experiments, passed } = await runExperiment(definition)
    expectTypeOf(passed).toEqualTypeOf<boolean>()
    const [{ evaluations, summaryValues, outcome }, ...others] = experiments
    expectTypeOf(summaryValues[0]?.best).toEqualTypeOf<string | undefined>()
    expectTypeOf(summaryValues[0]?.count).toEqualTypeOf<number | undefined>()
    if (evaluations.exact?.type === 'boolean') expectTypeOf(evaluations.exact.passRate).toEqualTypeOf<number>()
    if (outcome.status !== 'passed') expectTypeOf(outcome.failures).toExtend<readonly { kind: string }[]>()
    expectTypeOf(others[0]).toEqualTypeOf<(typeof experiments)[0] | undefined>()
    // @ts-expect-error there is no such evaluator
    evaluations.exactly
    // @ts-expect-error there is no such summary evaluator
    summaryValues[0]?.worst
  })
})

describe('runExperiment', () => {
  it('infers what is written in the call', async () => {
    const result = await runExperiment({
      name: 'inline',
      dataset: [{ input: 1, expectedOutput: '1' }],
      task: (n) => String(n),
      evaluators: { same: ({ output, expectedOutput }) => output === expectedOutput },
      thresholds: { same: 1 },
    })
    expectTypeOf((await result.toTable())[0]?.same).toEqualTypeOf<boolean | null | undefined>()
    runExperiment({
      name: 'wrong',
      dataset: [{ input: 1 }],
      task: (n) => n,
      evaluators: { a: () => true },
      // @ts-expect-error there is no such evaluator
      thresholds: { b: 1 },
    })
  })

  it('is awaited for the result and iterated for events', async () => {
    const run = runExperiment(definition)
    for await (const event of run) expectTypeOf(event).toEqualTypeOf<RunEvent>()
    expectTypeOf(run).toExtend<Promise<ResultOf<typeof definition>>>()
    expectTypeOf(run).toEqualTypeOf<ExperimentRun<ResultOf<typeof definition>>>()
  })

  it('takes a file, whose types can be named', async () => {
    const untyped = await runExperiment('./capitals.ts')
    for await (const row of untyped.rows()) expectTypeOf(row.output).toEqualTypeOf<unknown>()
    const [row] = await untyped.toTable()
    expectTypeOf(row?.output).toEqualTypeOf<string | number | boolean | null | undefined>()
    const typed = await runExperiment<typeof definition>(new URL('./capitals.ts', import.meta.url))
    expectTypeOf((await typed.toTable())[0]?.exact).toEqualTypeOf<boolean | null | undefined>()
  })

  it('takes the options of the config file, a signal and a place', () => {
    const options: RunExperimentOptions = {
      jobs: 20,
      timeout: '30s',
      tag: { team: 'support' },
      signal: AbortSignal.timeout(1_000),
      file: import.meta.url,
    }
    runExperiment(definition, options)
    // @ts-expect-error it is jobs
    runExperiment(definition, { jbos: 1 })
    // @ts-expect-error it belongs to one command
    runExperiment(definition, { watch: true })
    // @ts-expect-error no definition, and no file
    runExperiment(3)
  })
})

describe('runExperimentSync', () => {
  it('gives the same without waiting', () => {
    const result = runExperimentSync<typeof definition>('./capitals.ts', { jobs: 2 })
    expectTypeOf(result.toTable()[0]?.tone).toEqualTypeOf<number | null | undefined>()
    expectTypeOf(result.rows()[0]?.input).toEqualTypeOf<{ country: string } | undefined>()
    expectTypeOf(result.experiments[0].summaryValues[0]?.count).toEqualTypeOf<number | undefined>()
    // @ts-expect-error plain data
    result.experiments[0].rows
  })

  it('takes what another process can be told', () => {
    // @ts-expect-error its functions are here
    runExperimentSync(definition)
    // @ts-expect-error nobody could abort
    runExperimentSync('./capitals.ts', { signal: AbortSignal.timeout(1_000) })
    // @ts-expect-error the file says it itself
    runExperimentSync('./capitals.ts', { file: import.meta.url })
  })
})

describe('a function that takes a result', () => {
  it('can name its parts', () => {
    const report = <R, O, V, S>(result: RunResult<R, O, V, S>) => result.experiments.map(({ name }) => name)
    expectTypeOf(report).returns.toEqualTypeOf<string[]>()
  })
})
