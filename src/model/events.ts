import type { ErrorCode, ErrorInfo } from './errors.ts'
import type { LabelledEvaluation, MetricValue } from './evaluation.ts'
import type { Json } from './json.ts'
import type { Outcome } from './outcome.ts'

/** Version of the event log's format. A reader refuses a higher one. */
export const EVENT_FORMAT = 1

/** What every event has beside its own members. */
export interface EventStamp {
  /** Position in the experiment's log, from 1, without gaps. */
  readonly seq: number
  /** Epoch milliseconds with microseconds. */
  readonly at: number
}

/** Which unit an event is about. */
export interface UnitRef {
  readonly key: string
  /** From 1. */
  readonly iteration: number
  /** 0, and 1 more each time the task of a row that was already pushed is run again. */
  readonly generation: number
}

/** What an event has that takes the place of earlier ones. */
export interface Replacing {
  /**
   * Of a unit that is run again: `seq` of the end of its row, or of its last event where that has none. The row stands until a
   * `row-finished` takes its place. Of a record that has changed: where the log ended before. Nothing of its key counts up to here.
   */
  readonly replaces?: number
}

/** How long a call took and waited. Waiting is never part of the duration. */
export interface CallTiming {
  /** Wall clock at the start of the last attempt, epoch milliseconds with microseconds. */
  readonly startedAt: number
  /** Monotonic milliseconds of the last attempt. */
  readonly durationMs: number
  /** Milliseconds spent waiting for a slot, over all attempts. */
  readonly queueMs: number
  /** Milliseconds slept between attempts. */
  readonly retryWaitMs: number
  /** How often it was tried, from 1. */
  readonly attempts: number
}

export interface ExperimentStarted {
  readonly type: 'experiment-started'
  readonly experimentId: string
  readonly name: string
  readonly evaluators: readonly string[]
  readonly summaryEvaluators: readonly string[]
  readonly runs: number
  readonly jobs: number
  /** Records that are planned for each run; absent where the dataset's length is not known beforehand. */
  readonly plannedRecords?: number
}

export interface RunStarted {
  readonly type: 'run-started'
  readonly iteration: number
  /** A UUID. */
  readonly runId: string
}

/** A record, written when it is first read. */
export interface RecordRead {
  readonly type: 'record'
  readonly key: string
  /** Present when the record has an id of its own; equal to the key. */
  readonly id?: string
  /** 16 hexadecimal digits of a hash over input, expected output and metadata. */
  readonly contentHash: string
  readonly input: Json
  readonly expectedOutput?: Json
  readonly metadata?: Json
  readonly tags?: readonly string[]
}

export type RowStatus = 'ok' | 'error' | 'timeout' | 'skipped' | 'cancelled'

export type TaskResult =
  | { readonly status: 'ok'; readonly output: Json }
  | { readonly status: 'error' | 'timeout'; readonly error: ErrorInfo }

export type TaskFinished = { readonly type: 'task-finished' } & UnitRef & Replacing & CallTiming & TaskResult

/** What one call of an evaluator came to. `multi` gives several values; `null` gives `skipped`. */
export type EvaluatorResult =
  | { readonly status: 'ok'; readonly evaluations: readonly LabelledEvaluation[] }
  | { readonly status: 'skipped'; readonly reason: 'not-applicable' | 'task-failed' }
  | { readonly status: 'error' | 'timeout'; readonly error: ErrorInfo }

export type EvaluationFinished = { readonly type: 'evaluation-finished'; readonly evaluator: string } & UnitRef &
  Replacing &
  CallTiming &
  EvaluatorResult

export interface RowFinished extends UnitRef, Replacing {
  readonly type: 'row-finished'
  readonly status: RowStatus
}

export type SummaryResult =
  | ({ readonly status: 'ok' } & MetricValue)
  | { readonly status: 'error'; readonly error: ErrorInfo }

export type NamedSummaryResult = { readonly name: string } & SummaryResult

export interface RunFinished {
  readonly type: 'run-finished'
  readonly iteration: number
  readonly summaries: readonly NamedSummaryResult[]
}

/** The last event of an experiment that came to an end, complete or not. */
export interface ExperimentFinished {
  readonly type: 'experiment-finished'
  readonly outcome: Outcome
}

/** An experiment that had ended early, or lacks something, goes on. What was in force before does not count from here on. */
export interface Resumed {
  readonly type: 'resumed'
  /** When the last event before this one happened: nothing ran in between. */
  readonly endedAt: number
  /** Version of the tool that goes on with it. */
  readonly tool: string
  readonly jobs: number
  readonly evalJobs?: number
  readonly timeout: number
  readonly evalTimeout: number
  readonly maxRetries: number
  /** As it is written: `3`, or `10%`. */
  readonly maxErrors: string
  readonly raiseErrors: boolean
  readonly retryErrors: boolean
  readonly retryPoison: boolean
  readonly allowChanged: boolean
  /** Hash of the module as it is now. */
  readonly module: string
  /** As it is now, where it has changed. */
  readonly config?: Json
  /** Records that are planned for each run by now; absent where that is not known. */
  readonly plannedRecords?: number
  /** Runs that had finished, and whose rows are to change. */
  readonly reopened: readonly number[]
  /** Units that may have been under way when the process before this one was gone, by `unitName`. */
  readonly inFlight: readonly string[]
  /** Units that were under way at two crashes or more: they come first, one after another. */
  readonly alone: readonly string[]
}

/** Something people should know that is no row's result. */
export interface Problem {
  readonly type: 'problem'
  readonly severity: 'warning' | 'error'
  readonly code:
    | ErrorCode
    | 'W_JSON_CHANGED'
    | 'W_MIXED_TYPES'
    | 'W_LATE_RESULT'
    | 'W_THREAD_BLOCKED'
    | 'W_THREAD_REPLACED'
    | 'W_THREAD_START'
    | 'W_THREADS_ADDED'
    | 'W_BACKEND_UNREACHABLE'
    | 'W_BACKEND_REFUSED'
    | 'W_RECORD_SKIPPED'
    | 'W_UNKNOWN_RECORD'
    | 'W_UNKNOWN_VARIABLE'
    | 'W_ENV_LINE'
    | 'W_CONFIG_KEY'
    | 'W_TORN_LINE'
    | 'W_DAMAGED_LINE'
    | 'W_PASSED_OVER'
    | 'W_PULLED'
    | 'W_MODULE_CHANGED'
    | 'W_CHANGE_ALLOWED'
  readonly message: string
  readonly key?: string
}

export type EventBody =
  | ExperimentStarted
  | RunStarted
  | (RecordRead & Replacing)
  | TaskFinished
  | EvaluationFinished
  | RowFinished
  | RunFinished
  | ExperimentFinished
  | Resumed
  | Problem

/** What the engine yields, the log keeps, and reporters and backends are told. */
export type RunEvent = EventBody & EventStamp
