import type { DatasetOrigin, SourceProblem } from '../../model/dataset.ts'
import type { ErrorInfo } from '../../model/errors.ts'
import type { EvaluatorResult, RowStatus, SummaryResult } from '../../model/events.ts'
import type { DatasetCheck } from '../../model/executor.ts'
import type { Json, JsonChange } from '../../model/json.ts'
import type { ConsoleChunk, ConsoleSource, DefinitionInfo, ExperimentRef } from '../../model/ports.ts'

// What the main thread and a thread with user code say to each other. All messages of one tick travel as one array.
// Tuples, because there are several for every row: they are a third of the cost of objects.

/** What a thread is started with. */
export interface ThreadData {
  /** The compiled module. */
  readonly url: string
  /** The file it was compiled from. */
  readonly file: string
  /** See `Progress`. */
  readonly progress: SharedArrayBuffer
  /** Whether console output says which call it comes from. */
  readonly tracesConsole: boolean
}

export interface OpenExperiment {
  readonly ref: ExperimentRef
  readonly experimentId: string
  /** Effective config. */
  readonly config: Json
  /** Where the dataset was read from before, so that the same is read again. */
  readonly origin?: DatasetOrigin
}

export type ToThread =
  | readonly ['open', OpenExperiment]
  | readonly ['check']
  | RecordRequest
  /** The same beside the experiment that is open. */
  | readonly ['dataset', reader: number, ExperimentRef, RecordRequest | readonly ['read-no-more']]
  /** `chain` is the call of the evaluators that follow in its wake, 0 when none may. */
  | readonly ['task', call: number, chain: number, attempt: number, UnitText]
  /** For a thread that has not made the output itself. */
  | readonly ['unit', UnitText, output: Json]
  | readonly ['evaluator', call: number, unit: number, evaluator: string]
  | readonly ['summary-rows', summary: number, rows: readonly SummaryRowText[]]
  | readonly ['summary', call: number, summary: number, evaluator: string]
  | readonly ['close-summary', summary: number]
  | readonly ['abort', call: number]
  /** The result of this call is not waited for any more. */
  | readonly ['abandon', call: number]
  | readonly ['close', units: readonly number[]]
  | readonly ['ping', number: number]
  /** Asks whether everything that was written to the console is on its way. */
  | readonly ['drain']

export type RecordRequest =
  /** Starts reading the dataset after its first `skip` items. */
  readonly ['read', batchSize: number, skip: number] | readonly ['read-more']

export type UnitText = readonly [
  unit: number,
  iteration: number,
  key: string,
  id: string | undefined,
  input: Json,
  expectedOutput: Json | undefined,
  metadata: Json | undefined,
  tags: readonly string[] | undefined,
  /** Left out while it is 0. */
  generation?: number,
]

type Changes = readonly JsonChange[]

export type FromThread =
  /** What comes before this belongs to the experiment that was open before. */
  | readonly ['opened']
  | readonly ['loaded', definitions: readonly DefinitionInfo[]]
  | readonly ['load-failed', ErrorInfo]
  | readonly ['output', call: number, startedAt: number, durationMs: number, Json, Changes]
  | readonly ['failed', call: number, startedAt: number, durationMs: number, ErrorInfo]
  /** Evaluators that followed a task, in their order; those that are missing at the end were not begun. */
  | readonly ['followed', chain: number, readonly FollowUpText[]]
  | readonly ['evaluated', call: number, startedAt: number, durationMs: number, EvaluatorResult, Changes]
  | readonly ['summarized', call: number, startedAt: number, durationMs: number, SummaryResult, Changes]
  | readonly ['checked', DatasetCheck]
  | readonly ['check-failed', ErrorInfo]
  | RecordAnswer
  | readonly ['dataset', reader: number, RecordAnswer]
  | readonly ['late', call: number, what: string, key: string]
  /** User code called process.exit. */
  | readonly ['exiting', ErrorInfo]
  | readonly ['pong', number: number]
  | readonly ['drained']
  /** Sent at once, so that nothing can keep it back. */
  | readonly ['console', stream: ConsoleChunk['stream'], text: string, ConsoleSource | undefined]

export type RecordAnswer =
  | readonly ['records', items: readonly RecordItemText[], isLast: boolean]
  | readonly ['read-failed', ErrorInfo]

/** A bare boolean or number is the common case. The call of a pending one goes on under the number of the chain. */
export type FollowUpText =
  | readonly ['value', startedAt: number, durationMs: number, value: boolean | number]
  | readonly ['result', startedAt: number, durationMs: number, EvaluatorResult, Changes]
  | readonly ['pending']

/** A record item on its way to the main thread. */
export type RecordItemText =
  | readonly [
      key: string,
      id: string | undefined,
      contentHash: string,
      input: Json,
      expectedOutput: Json | undefined,
      metadata: Json | undefined,
      tags: readonly string[] | undefined,
      changes: Changes,
    ]
  | SourceProblem

/** A row on its way to the summary evaluators. */
export type SummaryRowText = readonly [
  position: number,
  key: string,
  status: RowStatus,
  input: Json,
  output: Json | undefined,
  expectedOutput: Json | undefined,
  metadata: Json | undefined,
  /** Label and value as JSON, in turn. */
  evaluations: readonly string[],
]

/** Messages of one tick go in portions of about so many: while one thread works on one, the other prepares the next. */
export const PORTION = 32
