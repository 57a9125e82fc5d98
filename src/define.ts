import type { DatasetRecord } from './model/dataset.ts'
import type { ExperimentDefinition } from './model/definition.ts'
import { LlmobsExpError } from './model/errors.ts'
import {
  type EvalReturn,
  type Evaluation,
  type EvalValue,
  forbiddenNames,
  type Multi,
  namePattern,
} from './model/evaluation.ts'
import { markMulti } from './model/multi.ts'

/**
 * Defines an experiment: what is run (`dataset`, `task`), how each row is judged (`evaluators`, `summaryEvaluators`) and what has
 * to hold (`thresholds`). Returns the definition unchanged; its use is that types flow through it without annotations, from
 * the dataset to the task, from both to the evaluators, and from their names to the thresholds. Write the members in this order:
 * `dataset`, `config`, `task`, `evaluators`, `summaryEvaluators`, `thresholds`.
 *
 * - `task(input, context)` returns the output, or a promise of it. Outputs are kept as JSON.
 * - An evaluator returns a boolean, a finite number, a string, JSON, an {@link Evaluation} (`{ value, reasoning?, … }`), several
 *   values (`multi({…})`), or `null` where it does not apply. It is a function, or an object with `evaluate` (see {@link byName}).
 * - A threshold is the least value (`0.9`) or a range (`{ min, max }`) of an evaluator's mean or pass rate, or of a summary value.
 * - Times are milliseconds.
 *
 * Mistakes the compiler cannot see are reported when the module is loaded, as `E_DEFINITION`, before anything is run.
 *
 * @example
 * export default defineExperiment({
 *   name: 'capitals',
 *   dataset: [{ input: { country: 'France' }, expectedOutput: 'Paris' }],
 *   task: ({ country }, { signal }) => ask(`Capital of ${country}?`, { signal }),
 *   evaluators: { exact: ({ output, expectedOutput }) => output === expectedOutput },
 *   thresholds: { exact: 0.9 },
 * })
 */
export function defineExperiment<
  R extends DatasetRecord,
  // biome-ignore lint/suspicious/noExplicitAny: lets an already typed evaluator fit in the compiler's first pass.
  O = any,
  C = object,
  V extends Record<string, EvalReturn> = Record<never, never>,
  S extends Record<string, EvalValue> = Record<never, never>,
>(definition: ExperimentDefinition<R, O, C, V, S>): ExperimentDefinition<R, O, C, V, S> {
  return definition
}

/** An evaluator as an object, whatever it evaluates. */
interface NamedEvaluator {
  readonly name: string
  // biome-ignore lint/suspicious/noExplicitAny: what it evaluates is checked where it is used.
  evaluate(context: any): unknown
}

type ByName<T extends readonly NamedEvaluator[]> = { [E in T[number] as E['name']]: E }

/**
 * Puts evaluator objects, usually class instances, under their own names, ready to be spread into `evaluators`.
 * Declare the name as `readonly name = 'similarity'`, so that the compiler knows it.
 *
 * @throws LlmobsExpError `E_DEFINITION` when a name is not one (`^[a-zA-Z0-9_-]+$`) or is used twice
 * @example
 * class Similarity {
 *   readonly name = 'similarity'
 *   evaluate({ output, expectedOutput }: { output: string; expectedOutput: string }) {
 *     return similarity(output, expectedOutput)
 *   }
 * }
 * evaluators: { ...byName(new Similarity()), short: ({ output }) => output.length < 80 }
 */
export function byName<const T extends readonly NamedEvaluator[]>(...evaluators: T): ByName<T>
export function byName(...evaluators: readonly NamedEvaluator[]): object {
  const named = new Map<string, NamedEvaluator>()
  for (const [index, evaluator] of evaluators.entries()) {
    const name = checkedName(evaluator, index)
    if (named.has(name)) {
      throw new LlmobsExpError(
        'E_DEFINITION',
        `byName: expected evaluators of different names, got two named "${name}"`,
      )
    }
    named.set(name, evaluator)
  }
  return Object.fromEntries(named)
}

function checkedName(evaluator: unknown, index: number): string {
  const place = `byName: evaluator ${index + 1}`
  if (typeof evaluator !== 'object' || evaluator === null || typeof Reflect.get(evaluator, 'evaluate') !== 'function') {
    throw new LlmobsExpError(
      'E_DEFINITION',
      `${place}: expected an object with a name and a method evaluate(context)`,
      {
        hint: 'pass an instance, not the class: byName(new Similarity()); write functions into `evaluators` directly',
      },
    )
  }
  const name: unknown = Reflect.get(evaluator, 'name')
  if (typeof name !== 'string' || !namePattern.test(name)) {
    const got = typeof name === 'string' ? JSON.stringify(name) : typeof name
    throw new LlmobsExpError('E_DEFINITION', `${place}: expected a name that matches ${namePattern.source}, got ${got}`)
  }
  if (forbiddenNames.has(name)) {
    throw new LlmobsExpError('E_DEFINITION', `${place}: "${name}" cannot be the name of an evaluator`)
  }
  return name
}

/**
 * Several values of one evaluator on one row. Each becomes a label of its own, `evaluator-key`.
 * A value may be an {@link Evaluation}.
 *
 * @throws LlmobsExpError `E_EVALUATOR_VALUE` when it is given anything but an object
 * @example
 * quality: ({ output }) => multi({ precision: 0.5, recall: { value: 0.25, reasoning: 'missed three of four' } })
 * // labels quality-precision and quality-recall
 */
export function multi<M extends Record<string, EvalValue | Evaluation | null>>(values: M): Multi<M> {
  if (typeof values !== 'object' || values === null || Array.isArray(values)) {
    throw new LlmobsExpError(
      'E_EVALUATOR_VALUE',
      `multi: expected an object of values by name, got ${describeKind(values)}`,
    )
  }
  const marked = { ...values }
  markMulti(marked)
  return marked
}

function describeKind(value: unknown): string {
  return value === null ? 'null' : Array.isArray(value) ? 'an array' : typeof value
}
