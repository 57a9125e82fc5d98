import type { DatasetOrigin, SourceProblem } from './dataset.ts'
import type { EvaluatorResult, Problem, SummaryResult, TaskResult } from './events.ts'
import type { Json, JsonChange } from './json.ts'
import type { RecordText, Row } from './row.ts'

/** How one call of user code ended for the engine, with the time user code itself took. */
export type CallEnd<T> =
  | ({ readonly status: 'returned'; readonly result: T; readonly changes: readonly JsonChange[] } & CallTimes)
  | ({ readonly status: 'abandoned'; readonly reason: AbandonReason } & CallTimes)

/** What came of an evaluator in the wake of its task. */
export type FollowUp =
  | { readonly status: 'ended'; readonly end: CallEnd<EvaluatorResult> }
  /** It returned a promise and goes on, in the slot of the task. */
  | { readonly status: 'pending'; readonly call: PendingCall<CallEnd<EvaluatorResult>> }
  /** The engine has to make the call. */
  | { readonly status: 'not-begun' }

export type AbandonReason = 'timeout' | 'shutdown'

export interface CallTimes {
  /** Wall clock, epoch milliseconds with microseconds. */
  readonly startedAt: number
  /** Monotonic milliseconds. */
  readonly durationMs: number
}

/** A call under way. `E` is how it ends. */
export interface PendingCall<E> {
  /** Rejects with `E_USER_CODE_ENDED` when user code ended its thread. */
  readonly ended: Promise<E>
  /** Monotonic milliseconds at which user code was entered; undefined while the call waits for its thread. */
  startedAt(): number | undefined
  /** Aborts the signal that user code was given, and goes on waiting. */
  abort(): void
  /** Aborts the signal and stops waiting; a result that still comes is reported as late. */
  abandon(reason: AbandonReason): void
}

/** One unit on its way through user code. */
export interface ExecutorUnit {
  /**
   * Calls the task. With `followUp`, evaluators follow in its wake, in the slot of the task: in their order, one after another as
   * long as they return without a promise; the first that returns one is the last that is begun. Asking the engine in between
   * would cost a round trip between threads for every row.
   */
  callTask(attempt: number, followUp: boolean): PendingCall<CallEnd<TaskResult>>
  /** After a task that succeeded with `followUp`: what came of each evaluator, in their order. */
  followUps(): PendingCall<readonly FollowUp[]>
  callEvaluator(evaluator: string, output: Json): PendingCall<CallEnd<EvaluatorResult>>
  /** Lets go of what was kept for it. */
  close(): void
}

export type RecordItem =
  | { readonly status: 'record'; readonly record: RecordText; readonly changes: readonly JsonChange[] }
  | { readonly status: 'invalid'; readonly problem: SourceProblem }

/** What checking a dataset before the first task found. */
export interface DatasetCheck {
  readonly records: number
  readonly invalidCount: number
  /** The first few of them. */
  readonly invalid: readonly SourceProblem[]
  /** Where the records are kept at a backend; absent for those that are kept nowhere else. */
  readonly origin?: DatasetOrigin
}

/**
 * Where user code runs. One executor serves one experiment. When user code ends its thread, everything pending rejects with
 * `E_USER_CODE_ENDED`.
 */
export interface Executor {
  /** The dataset's records in order. Never reads further than the batch after the one asked for. */
  records(options: { readonly batchSize: number }): AsyncIterable<readonly RecordItem[]>
  open(record: RecordText, iteration: number): ExecutorUnit
  /** Hands a run's rows to its summary evaluators. */
  summarize(rows: AsyncIterable<Row>): Promise<SummaryCalls>
  /** From here on no task is entered, also none that was called already: that one fails. Evaluators still are. */
  holdTasks(): void
  gauges(): Gauges
  /** Things worth saying that belong to no call: late results, blocked and replaced threads. */
  onNotice(listener: (notice: Problem) => void): void
}

/** What only the executor knows at a moment. */
export interface Gauges {
  readonly callsInFlight: number
  /** Calls that were abandoned and have not come back. */
  readonly expiredCalls: number
  /** Calls of the task since the experiment was opened. */
  readonly tasksCalled: number
}

/** The summary evaluators of one run, ready to be called. */
export interface SummaryCalls {
  call(summaryEvaluator: string): PendingCall<CallEnd<SummaryResult>>
  close(): void
}
