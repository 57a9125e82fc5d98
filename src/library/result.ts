import type { Delivery } from '../model/backend.ts'
import type { DatasetRecord } from '../model/dataset.ts'
import type { ExperimentDefinition, SummaryRow } from '../model/definition.ts'
import type { ErrorInfo } from '../model/errors.ts'
import type { Columns, EvalValue } from '../model/evaluation.ts'
import type { RunEvent } from '../model/events.ts'
import type { Outcome } from '../model/outcome.ts'
import type { ExperimentSummary, LabelSummary } from '../model/summary.ts'

/** A run under way: await it for its result, iterate it for its events, or both. */
export type ExperimentRun<T> = Promise<T> & AsyncIterable<RunEvent>

/** What all experiments of a call came to: one, or one for each variant. */
export interface RunResult<R, O, V, S> {
  /** Whether everything is complete, has passed and was delivered: exit code 0. */
  readonly passed: boolean
  /** The exit code that the command would have; see `docs/cli.md`. */
  readonly exitCode: number
  /** What it came to and what to do next, in a line. */
  readonly message: string
  /** In their order. One that comes after one that was stopped was not run, and is not here. */
  readonly experiments: readonly [ExperimentResult<R, O, V, S>, ...ExperimentResult<R, O, V, S>[]]
  /** Rows of all experiments, read from the log: they need no memory. In the order in which they finished. */
  rows(): AsyncIterable<ResultRow<R, O, V>>
  /** The same as a table; see {@link ExperimentResult.toTable}. */
  toTable(): Promise<TableRow<R, O, V>[]>
}

/** What one experiment came to. */
export interface ExperimentResult<R, O, V, S> extends ExperimentNumbers<V, S> {
  rows(): AsyncIterable<ResultRow<R, O, V>>
  /**
   * A flat object for each row: ready for `console.table`, a CSV file or a data frame. Every one has the same keys, evaluators (for
   * `multi` their labels) among them; objects and arrays are JSON text, and what is missing is `null`. All of it is in memory.
   */
  toTable(): Promise<TableRow<R, O, V>[]>
}

/** What is known of an experiment beside its rows: plain data. */
export interface ExperimentNumbers<V, S> {
  readonly experimentId: string
  /** With the variant: `support-triage/large`. */
  readonly name: string
  /** Whether it is complete and passed. */
  readonly passed: boolean
  readonly outcome: Outcome
  readonly summary: ExperimentSummary
  /** The summary of each evaluator (for `multi` of each label) over all runs. Absent for one that never gave anything. */
  readonly evaluations: { readonly [K in keyof Columns<V>]?: LabelSummary }
  /** What summary evaluators gave, for each run. Absent for one that failed, and in a run that did not finish. */
  readonly summaryValues: readonly { readonly [K in keyof S]?: S[K] }[]
  /** What its backend has of it; absent where there is none. */
  readonly delivery?: Delivery
  /** Folder of the experiment in the local store. Gone where no task was started. */
  readonly folder: string
  readonly eventsFile: string
}

/** The same of a run in another process; `rows` and `toTable` block until they have read all of it. */
export interface SyncRunResult<R, O, V, S> extends Omit<RunResult<R, O, V, S>, 'experiments' | 'rows' | 'toTable'> {
  readonly experiments: readonly [ExperimentNumbers<V, S>, ...ExperimentNumbers<V, S>[]]
  rows(): ResultRow<R, O, V>[]
  toTable(): TableRow<R, O, V>[]
}

/** One record in one run. Values are what JSON keeps of them. */
export interface ResultRow<R, O, V> extends SummaryRow<R, O, V> {
  /** Name of the experiment, with the variant. */
  readonly experiment: string
  /** From 1. */
  readonly runIteration: number
  readonly tags: readonly string[]
  /** Why the task failed. */
  readonly error?: ErrorInfo
  /** Why evaluators failed. */
  readonly evaluatorErrors: { readonly [K in keyof V]?: ErrorInfo }
  /** What evaluations say beside their values. */
  readonly details: { readonly [K in keyof Columns<V>]?: EvaluationDetails }
  /** Milliseconds of the task's last attempt; absent where it was never run to an end. */
  readonly durationMs?: number
}

export interface EvaluationDetails {
  readonly reasoning?: string
  readonly assessment?: 'pass' | 'fail'
  readonly metadata?: unknown
  readonly tags?: { readonly [key: string]: string }
}

type Primitive = string | number | boolean | null

/** What a value is in a table. */
type Cell<T> = unknown extends T ? Primitive : T extends Primitive ? T : T extends undefined ? null : string

/** What every row of a table has before its evaluators. */
interface TableHead<R, O> {
  readonly experiment: string
  readonly recordId: string
  readonly runIteration: number
  readonly status: SummaryRow<R, O, object>['status']
  readonly input: Cell<SummaryRow<R, O, object>['input']>
  readonly output: Cell<O> | null
  readonly expectedOutput: Cell<SummaryRow<R, O, object>['expectedOutput']>
  /** Message of the task's error, and of evaluators' errors. */
  readonly error: string | null
  readonly durationMs: number | null
}

/** A row as cells. A label that has the name of another column is `evaluations.<label>`. */
export type TableRow<R, O, V> = TableHead<R, O> & {
  readonly [K in keyof Columns<V> & string as K extends keyof TableHead<R, O> ? `evaluations.${K}` : K]: Cell<
    Columns<V>[K]
  > | null
}

// biome-ignore lint/suspicious/noExplicitAny: any definition, whatever its types.
export type AnyExperiment = ExperimentDefinition<any, any, any, any, any>

type Named<T> = { readonly [name: string]: T }

/** A definition of whose types nothing is known. */
export type UntypedExperiment = ExperimentDefinition<DatasetRecord, unknown, object, Named<EvalValue>, Named<EvalValue>>

/** The result of a definition: `ResultOf<typeof import('./triage.ts').default>`. */
export type ResultOf<D extends AnyExperiment> =
  D extends ExperimentDefinition<infer R, infer O, infer _C, infer V, infer S> ? RunResult<R, O, V, S> : never

/** The same of `runExperimentSync`. */
export type SyncResultOf<D extends AnyExperiment> =
  D extends ExperimentDefinition<infer R, infer O, infer _C, infer V, infer S> ? SyncRunResult<R, O, V, S> : never
