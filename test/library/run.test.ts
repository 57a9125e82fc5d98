import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { defineExperiment, LlmobsExpError, multi, type RunEvent, runExperiment } from '../../src/index.ts'
import { tempFolder } from '../helpers/temp-folder.ts'

const capitals = defineExperiment({
  name: 'capitals',
  dataset: [
    { id: 'fr', input: { country: 'France' }, expectedOutput: 'Paris', tags: ['eu:yes'], metadata: { hard: false } },
    { id: 'jp', input: { country: 'Japan' }, expectedOutput: 'Tokyo' },
  ],
  task: ({ country }) => (country === 'France' ? 'Paris' : 'Kyoto'),
  evaluators: {
    exact: ({ output, expectedOutput }) => output === expectedOutput,
    status: ({ output }) => ({ value: output.length, reasoning: 'counted', metadata: { unit: 'letters' } }),
    parts: () => multi({ first: 0.5, list: ['a', 1] }),
    broken: ({ output }) => {
      if (output === 'Kyoto') throw new TypeError('no such city')
      return null
    },
  },
  summaryEvaluators: { share: ({ evaluations }) => evaluations.exact.filter(Boolean).length / 2 },
  thresholds: { exact: 0.4 },
})

async function local() {
  return { store: await tempFolder(), noPush: true } as const
}

async function gather<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = []
  for await (const item of items) all.push(item)
  return all
}

const types = (events: readonly RunEvent[]) => events.map(({ type }) => type)

/** Never returns, unless it is told to. */
const waitForAbort = (signal: AbortSignal) =>
  new Promise<string>((resolve) => signal.addEventListener('abort', () => resolve('told')))

describe('the result of runExperiment', () => {
  it('says what came of the run, as the command does', async () => {
    const options = await local()
    const result = await runExperiment(capitals, options)
    const [experiment] = result.experiments
    expect(result).toMatchObject({
      passed: false,
      exitCode: 1,
      message: expect.stringMatching(/^failed: capitals: 1 of 2 /),
    })
    expect(experiment).toMatchObject({
      name: 'capitals',
      passed: false,
      outcome: { status: 'failed', failures: [{ kind: 'errors', rowsWithErrors: 1 }] },
      summary: { rows: { ok: 2, error: 0 }, evaluatorErrors: 1 },
      evaluations: { exact: { type: 'boolean', passRate: 0.5 }, 'parts-first': { type: 'score', mean: 0.5 } },
      summaryValues: [{ share: 0.5 }],
    })
    expect(dirname(dirname(experiment.folder))).toBe(options.store)
    expect(existsSync(experiment.eventsFile)).toBe(true)
  })

  it('passes where the options allow it', async () => {
    const result = await runExperiment(capitals, { ...(await local()), maxErrors: '50%', runs: 2 })
    expect([result.passed, result.exitCode]).toEqual([true, 0])
    expect(result.experiments[0].summaryValues).toEqual([{ share: 0.5 }, { share: 0.5 }])
  })

  it('has rows, with values, reasons and errors', async () => {
    const result = await runExperiment(capitals, { ...(await local()), jobs: 1 })
    const [france, japan] = await gather(result.rows())
    expect(france).toEqual({
      experiment: 'capitals',
      recordId: 'fr',
      runIteration: 1,
      status: 'ok',
      input: { country: 'France' },
      output: 'Paris',
      expectedOutput: 'Paris',
      metadata: { hard: false },
      tags: ['eu:yes'],
      evaluations: { exact: true, status: 5, 'parts-first': 0.5, 'parts-list': ['a', 1] },
      details: { status: { reasoning: 'counted', metadata: { unit: 'letters' } } },
      evaluatorErrors: {},
      durationMs: expect.any(Number),
    })
    expect(japan).toMatchObject({ metadata: undefined, evaluatorErrors: { broken: { message: 'no such city' } } })
  })

  it('has a table of flat rows with the same columns, in which no label hides another column', async () => {
    const result = await runExperiment(capitals, { ...(await local()), jobs: 1 })
    const table = await result.toTable()
    expect(table.map(({ durationMs: _durationMs, ...row }) => row)).toEqual([
      {
        experiment: 'capitals',
        recordId: 'fr',
        runIteration: 1,
        status: 'ok',
        input: '{"country":"France"}',
        output: 'Paris',
        expectedOutput: 'Paris',
        error: null,
        exact: true,
        'evaluations.status': 5,
        'parts-first': 0.5,
        'parts-list': '["a",1]',
        broken: null,
      },
      expect.objectContaining({ output: 'Kyoto', error: 'broken: no such city', exact: false }),
    ])
    expect(Object.keys(table[0] ?? {})).toEqual(Object.keys(table[1] ?? {}))
  })

  it('has an experiment for each variant, in one table', async () => {
    const variants = defineExperiment({
      name: 'v',
      dataset: [{ input: 1 }],
      config: { by: 2 },
      variants: { two: {}, three: { config: { by: 3 } } },
      task: (n, { config }) => n * config.by,
      evaluators: { odd: ({ output }) => output % 2 === 1 },
    })
    const options = await local()
    const result = await runExperiment(variants, options)
    expect(result.experiments.map(({ name }) => name)).toEqual(['v/two', 'v/three'])
    expect((await result.toTable()).map(({ experiment, output, odd }) => [experiment, output, odd])).toEqual([
      ['v/two', 2, false],
      ['v/three', 3, true],
    ])
    expect(await gather(result.experiments[0].rows())).toHaveLength(1)
    const only = await runExperiment(variants, { ...options, only: 'three' })
    expect(only.experiments.map(({ name }) => name)).toEqual(['v/three'])
  })

  it('is plain data but for its methods', async () => {
    const result = await runExperiment(capitals, await local())
    expect(structuredClone(result)).toEqual(JSON.parse(JSON.stringify(result)))
  })
})

describe('the events of runExperiment', () => {
  it('come from the first to the last, and the result after them', async () => {
    const run = runExperiment(capitals, { ...(await local()), jobs: 1 })
    const events = await gather(run)
    expect(types(events).slice(0, 2)).toEqual(['experiment-started', 'run-started'])
    expect(events.at(-1)).toMatchObject({ type: 'experiment-finished', outcome: { status: 'failed' } })
    expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1))
    expect((await run).exitCode).toBe(1)
  })

  it('are all there for whoever comes late, and come again', async () => {
    const run = runExperiment(capitals, await local())
    await run
    const first = await gather(run)
    expect(first).toEqual(await gather(run))
    expect(types(first).filter((type) => type === 'row-finished')).toHaveLength(2)
  })

  it('come while the run goes on; whoever turns away does not end it', async () => {
    let release = (): void => {}
    const released = new Promise<void>((resolve) => {
      release = resolve
    })
    const gated = defineExperiment({ name: 'gated', dataset: [{ input: 1 }], task: () => released })
    const run = runExperiment(gated, await local())
    for await (const { type } of run) if (type === 'run-started') break
    release()
    expect((await run).passed).toBe(true)
  })

  it('of all variants come one after another', async () => {
    const variants = defineExperiment({
      name: 'v',
      dataset: [{ input: 1 }],
      variants: { a: {}, b: {} },
      task: (n) => n,
    })
    const events = await gather(runExperiment(variants, await local()))
    expect(types(events).filter((type) => type.startsWith('experiment-'))).toEqual([
      'experiment-started',
      'experiment-finished',
      'experiment-started',
      'experiment-finished',
    ])
  })

  it('end with the error of a run that could not begin, which nobody has to catch twice', async () => {
    const empty = defineExperiment({ name: 'empty', dataset: [], task: () => 1 })
    await expect(gather(runExperiment(empty, await local()))).rejects.toMatchObject({ code: 'E_DATASET_EMPTY' })
  })
})

describe('runExperiment', () => {
  it('refuses a definition that is not valid, and says which property', async () => {
    const options = await local()
    // @ts-expect-error a name is missing
    const run = runExperiment({ dataset: [{ input: 1 }], task: () => 1, evaluators: { 'a b': () => true } }, options)
    await expect(run).rejects.toSatisfy((error) => error instanceof LlmobsExpError && error.code === 'E_DEFINITION')
    await expect(run).rejects.toMatchObject({
      message: expect.stringMatching(/^the definition: name: expected a string/),
    })
    expect(existsSync(join(options.store, 'experiments'))).toBe(false)
  })

  it.each([
    [{ jbos: 1 }, 'there is no option "jbos"', 'did you mean jobs?'],
    [{ jobs: 0 }, 'jobs: expected a whole number from 1 to 10000, got the number 0', undefined],
    [{ watch: true }, 'there is no option "watch"', 'it belongs to one command: --watch'],
    [{ reporter: 'teminal', noPush: true }, 'reporter: expected one of', 'did you mean terminal?'],
    [
      { config: { nope: 1 }, noPush: true },
      'config: expected a key of the definition\'s config (by), got "nope"',
      undefined,
    ],
  ])('refuses %o', async (options, message, hint) => {
    const definition = defineExperiment({ name: 'a', dataset: [{ input: 1 }], config: { by: 1 }, task: () => 1 })
    const run = runExperiment(definition, { ...(await local()), ...options })
    await expect(run).rejects.toMatchObject({ code: 'E_OPTION', message: expect.stringContaining(message), hint })
  })

  it('rejects where no task was started, also when that shows only in the run', async () => {
    async function* none() {}
    const options = await local()
    const run = runExperiment({ name: 'none', dataset: none(), task: () => 1 }, options)
    await expect(run).rejects.toMatchObject({ code: 'E_DATASET_EMPTY' })
  })

  it('ends calls past their timeout', async () => {
    const slow = defineExperiment({
      name: 'slow',
      dataset: [{ input: 1 }],
      task: (_input, { signal }) => waitForAbort(signal),
    })
    const result = await runExperiment(slow, { ...(await local()), timeout: 20 })
    expect(result.experiments[0].summary.rows).toMatchObject({ timeout: 1 })
  })

  it('runs two at once in one store, each with its own events', async () => {
    const options = await local()
    const make = (name: string, records: number) =>
      defineExperiment({
        name,
        dataset: Array.from({ length: records }, (_, index) => ({ input: index })),
        task: async (n) => n,
        evaluators: { same: ({ input, output }) => input === output },
      })
    const runs = [runExperiment(make('first', 40), options), runExperiment(make('second', 60), options)] as const
    const [first, second] = await Promise.all(runs)
    expect([first.passed, second.passed]).toEqual([true, true])
    expect(await first.toTable()).toHaveLength(40)
    expect(types(await gather(runs[1])).filter((type) => type === 'row-finished')).toHaveLength(60)
    expect(second.experiments[0].experimentId).not.toBe(first.experiments[0].experimentId)
  })
})

describe('a signal that is given to runExperiment', () => {
  const waiting = (onBegun: () => void) =>
    defineExperiment({
      name: 'waiting',
      dataset: Array.from({ length: 10 }, (_, index) => ({ id: `r${index}`, input: index })),
      task: (n, { signal }) => {
        if (n === 0) return 'done'
        onBegun()
        return waitForAbort(signal)
      },
    })

  it('ends the run as Ctrl-C does: what is done is kept, the rest is pending', async () => {
    const controller = new AbortController()
    const definition = waiting(() => controller.abort(new Error('the budget is spent')))
    const result = await runExperiment(definition, { ...(await local()), jobs: 2, signal: controller.signal })
    expect(result).toMatchObject({ passed: false, exitCode: 4 })
    expect(result.experiments[0].outcome).toMatchObject({
      status: 'stopped',
      reason: { error: { code: 'E_ABORTED', message: 'the run was aborted: the budget is spent' } },
    })
    const { rows } = result.experiments[0].summary
    expect(rows.ok).toBeGreaterThanOrEqual(1)
    expect(rows.pending).toBeGreaterThanOrEqual(7)
    expect(await gather(result.rows())).toHaveLength(10 - rows.pending)
  })

  it('rejects where it comes before the first task, and nothing is kept', async () => {
    const options = await local()
    const run = runExperiment(capitals, { ...options, signal: AbortSignal.abort('enough') })
    await expect(run).rejects.toMatchObject({ code: 'E_ABORTED', cause: 'enough' })
    expect(existsSync(join(options.store, 'experiments'))).toBe(false)
  })

  it('is listened to no longer than the run lasts', async () => {
    const { signal } = new AbortController()
    let listeners = 0
    signal.addEventListener = () => void listeners++
    signal.removeEventListener = () => void listeners--
    await runExperiment(capitals, { ...(await local()), signal })
    expect(listeners).toBe(0)
  })
})
