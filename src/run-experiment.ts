import type { RunExperimentOptions } from './library/options.ts'
import type { AnyExperiment, ExperimentRun, ResultOf, RunResult, UntypedExperiment } from './library/result.ts'
import type { DatasetRecord } from './model/dataset.ts'
import type { ExperimentDefinition } from './model/definition.ts'
import type { EvalReturn, EvalValue } from './model/evaluation.ts'

/**
 * Runs an experiment: what `llmobs-exp run` does, as a function. Await it for the result, iterate it for the events of its log, or
 * both. Nothing of the process is touched: no signal handler, no exit code, no `.env`, and nothing is printed unless `reporter`
 * says so. Results are in the local store, as those of the command, and are pushed where a backend is set up.
 *
 * - A definition: its functions are called in this thread. Code that blocks holds up everything, and no timeout can end it.
 * - A file (a path from the current folder, or a `URL`): the module is compiled, and runs in a thread of its own, as by the command.
 *
 * A run that does not pass is a result (`passed`, `outcome`) and no error. What keeps every task from being started is an error.
 *
 * @throws LlmobsExpError rejects with it: `E_DEFINITION`, `E_OPTION`, `E_MODULE_LOAD`, `E_DATASET_EMPTY`, `E_ABORTED` and others
 * @example
 * const { passed, experiments: [{ evaluations }] } = await runExperiment(definition, { jobs: 20 })
 * @example
 * for await (const event of runExperiment(new URL('./triage.ts', import.meta.url))) console.log(event.type)
 */
export function runExperiment<D extends AnyExperiment = UntypedExperiment>(
  file: string | URL,
  options?: RunExperimentOptions,
): ExperimentRun<ResultOf<D>>
export function runExperiment<
  R extends DatasetRecord,
  // biome-ignore lint/suspicious/noExplicitAny: as in `defineExperiment`.
  O = any,
  C = object,
  V extends Record<string, EvalReturn> = Record<never, never>,
  S extends Record<string, EvalValue> = Record<never, never>,
>(definition: ExperimentDefinition<R, O, C, V, S>, options?: RunExperimentOptions): ExperimentRun<RunResult<R, O, V, S>>
export function runExperiment(
  source: object | string | URL,
  options: RunExperimentOptions = {},
  // biome-ignore lint/suspicious/noExplicitAny: what is known of the types stands above.
): ExperimentRun<any> {
  // Not before: whoever only defines an experiment imports this file too.
  const started = import('./library/run.ts').then(({ startRun }) => startRun(source, options))
  const result = started.then((run) => run.result)
  return Object.assign(result, {
    async *[Symbol.asyncIterator]() {
      // An error comes up in the iteration.
      result.catch(() => {})
      yield* (await started).events()
      await result
    },
  })
}
