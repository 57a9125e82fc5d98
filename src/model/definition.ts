import type { Dataset, DatasetRecord, ExpectedOf, InputOf, MetadataOf } from './dataset.ts'
import type { Columns } from './evaluation.ts'

/** A value, or a promise of it. */
export type Awaitable<T> = T | PromiseLike<T>

/** What a task is told beside its input. There is no way from here to the expected output. */
export interface TaskContext<R, C> {
  /** The definition's `config`, with the variant's and the command line's `--config` applied. */
  readonly config: C
  readonly metadata: MetadataOf<R>
  /** The record's id, or the key that was derived from its input. */
  readonly recordId: string
  /** The record's `'key:value'` tags. */
  readonly tags: readonly string[]
  /** Aborted when the call has run past its timeout or the run is being ended. Hand it to `fetch` and to clients. */
  readonly signal: AbortSignal
  /** Which pass over the dataset this is, counted from 1. */
  readonly runIteration: number
  /** Which try of this call this is, counted from 1; above 1 only with `maxRetries`. */
  readonly attempt: number
}

/** What an evaluator is given: one row. Values are frozen; copy before changing. */
export interface EvaluatorContext<R, O, C> {
  readonly input: InputOf<R>
  /** What the task returned, as JSON keeps it (a `Date` has become a string). */
  readonly output: O
  /** `undefined` where the record has none. */
  readonly expectedOutput: ExpectedOf<R>
  readonly metadata: MetadataOf<R>
  readonly config: C
  /** Aborted when this evaluator has run past its timeout or the run is being ended. */
  readonly signal: AbortSignal
  readonly record: R
  /** The row's span id: 16 hexadecimal digits, the same on every machine and after a resume. */
  readonly spanId: string
  /** The row's trace id: 32 hexadecimal digits. */
  readonly traceId: string
}

/** One row as summary evaluators see it. */
export interface SummaryRow<R, O, V> {
  readonly recordId: string
  readonly status: 'ok' | 'error' | 'timeout' | 'skipped' | 'cancelled'
  readonly input: InputOf<R>
  /** `undefined` where the task failed. */
  readonly output: O | undefined
  readonly expectedOutput: ExpectedOf<R>
  readonly metadata: MetadataOf<R>
  readonly evaluations: { readonly [K in keyof Columns<V>]?: Columns<V>[K] }
}

/** All rows of one run, as columns of the same length and order. A column is built when it is first asked for. */
export interface SummaryContext<R, O, V> {
  readonly inputs: InputOf<R>[]
  /** `undefined` where the task failed. */
  readonly outputs: (O | undefined)[]
  readonly expectedOutputs: ExpectedOf<R>[]
  /** A column for each evaluator (for each label of a `multi`); `undefined` where it failed or did not apply. */
  readonly evaluations: { readonly [K in keyof Columns<V>]: (Columns<V>[K] | undefined)[] }
  readonly metadata: MetadataOf<R>[]
  readonly rows: SummaryRow<R, O, V>[]
}

/**
 * The least a mean, a pass rate or a summary value must be; or a range.
 * A threshold on something that scored no row is missed.
 */
export type Threshold = number | { readonly min?: number; readonly max?: number }

/** The user's function under test. It may be synchronous. */
export type Task<R, O, C> = (input: InputOf<NoInfer<R>>, context: TaskContext<NoInfer<R>, NoInfer<C>>) => Awaitable<O>

/** Judges one row. Returns a value, an `Evaluation`, `multi({…})`, or `null` where it does not apply. */
export type EvaluatorFunction<R, O, C, T> = (context: EvaluatorContext<R, O, C>) => Awaitable<T>

/** An evaluator as an object, usually a class instance; see `byName`. */
export interface EvaluatorObject<R, O, C, T> {
  readonly name: string
  evaluate(context: EvaluatorContext<R, O, C>): Awaitable<T>
}

/** A variant of a definition: an experiment of its own, named `definition/variant`. */
export interface Variant<R, O, C> {
  /** Replaces keys of the definition's `config`. */
  readonly config?: Partial<NoInfer<C>>
  /** Used in place of the definition's `task`. */
  readonly task?: Task<R, O, C>
}

/** What the user writes. See `defineExperiment`. */
export interface ExperimentDefinition<
  R extends DatasetRecord = DatasetRecord,
  // biome-ignore lint/suspicious/noExplicitAny: the output must not constrain evaluators in the compiler's first pass.
  O = any,
  C = object,
  V = object,
  S = object,
> {
  /** Names the experiment in every list and backend. Must not be empty. */
  readonly name: string
  /** The project the backend files it under. @default DD_LLMOBS_PROJECT_NAME, else `default-project` */
  readonly project?: string
  readonly description?: string
  /** The records: an array, a source such as `jsonl()`, or any iterable or async iterable of records. */
  readonly dataset: readonly R[] | Dataset<R> | Iterable<R> | AsyncIterable<R>
  /** Recorded with the experiment and handed to tasks and evaluators; `--config key=value` replaces keys. */
  readonly config?: C
  /** May be left out when every variant has its own. */
  readonly task?: Task<R, O, C>
  readonly variants?: { readonly [name: string]: Variant<R, O, C> }
  /** By name; names match `^[a-zA-Z0-9_-]+$`. */
  readonly evaluators?: {
    readonly [K in keyof V]:
      | EvaluatorFunction<NoInfer<R>, NoInfer<O>, NoInfer<C>, V[K]>
      | EvaluatorObject<NoInfer<R>, NoInfer<O>, NoInfer<C>, V[K]>
  }
  /** By name; each is called once a run, with all of the run's rows. */
  readonly summaryEvaluators?: {
    readonly [K in keyof S]: (context: SummaryContext<NoInfer<R>, NoInfer<O>, NoInfer<V>>) => Awaitable<S[K]>
  }
  /** Conditions on evaluators (mean or pass rate) and summary evaluators; one missed means exit code 1. */
  readonly thresholds?: { readonly [K in keyof Columns<NoInfer<V>> | keyof NoInfer<S>]?: Threshold }
  /** Tags of the experiment. */
  readonly tags?: { readonly [key: string]: string }
  /** Passes over the dataset. @default 1 */
  readonly runs?: number
  /** Calls of tasks and evaluators in flight at once. @default 10 */
  readonly jobs?: number
  /** Threads that tasks and evaluators are spread over; see `--threads`. @default 'auto' */
  readonly threads?: number | 'auto'
  /** Milliseconds one call of the task may take. @default 600_000 */
  readonly timeout?: number
  /** Milliseconds one call of an evaluator may take. @default 300_000 */
  readonly evalTimeout?: number
  /** How often a failed call is tried again. @default 0 */
  readonly maxRetries?: number
}

/** A definition as the tool calls it at run time, where its types are gone. It has been checked, and its variant applied. */
export interface AnyDefinition {
  readonly name: string
  readonly dataset: unknown
  readonly config?: unknown
  readonly task: (input: unknown, context: unknown) => unknown
  readonly evaluators: { readonly [name: string]: AnyEvaluator }
  readonly summaryEvaluators: { readonly [name: string]: (context: unknown) => unknown }
}

export type AnyEvaluator = ((context: unknown) => unknown) | { evaluate(context: unknown): unknown }
