import type { SourceProblem } from '../../model/dataset.ts'
import type { ErrorInfo } from '../../model/errors.ts'
import type { EvaluatorResult, RowStatus, SummaryResult } from '../../model/events.ts'
import type { Json, JsonChange } from '../../model/json.ts'
import type { DatasetCheck, DefinitionInfo, ExperimentRef } from '../../model/ports.ts'

// What the main thread and a thread with user code say to each other. All messages of one tick travel as one array.
// Tuples, because there are several for every row: they are a third of the cost of objects.

/** What a thread is started with. */
export interface ThreadData {
  /** The compiled module. */
  readonly url: string
  /** The file it was compiled from. */
  readonly file: string
  /** Start times of calls, in monotonic milliseconds, by slot; 0 while a call has not begun. */
  readonly startTimes: SharedArrayBuffer
}

export interface OpenExperiment {
  readonly ref: ExperimentRef
  readonly experimentId: string
  /** Effective config. */
  readonly config: Json
}

export type ToThread =
  | readonly ['open', OpenExperiment]
  | readonly ['check']
  /** Starts reading the dataset after its first `skip` items. */
  | readonly ['read', batchSize: number, skip: number]
  | readonly ['read-more']
  | readonly [
      'unit',
      unit: number,
      iteration: number,
      key: string,
      id: string | undefined,
      input: Json,
      expectedOutput: Json | undefined,
      metadata: Json | undefined,
      tags: readonly string[] | undefined,
    ]
  /** The evaluators whose calls are named follow in its wake, if it succeeds. */
  | readonly ['task', call: number, unit: number, attempt: number, followUps: readonly number[]]
  /** The output goes along when this thread has not made it itself. */
  | readonly ['evaluator', call: number, unit: number, evaluator: string, output: Json | undefined]
  | readonly ['summary-rows', summary: number, rows: readonly SummaryRowText[]]
  | readonly ['summary', call: number, summary: number, evaluator: string]
  | readonly ['close-summary', summary: number]
  | readonly ['abort', call: number]
  /** The result of this call is not waited for any more. */
  | readonly ['abandon', call: number]
  | readonly ['close', unit: number]
  | readonly ['ping', number: number]

export type FromThread =
  | readonly ['loaded', definitions: readonly DefinitionInfo[]]
  | readonly ['load-failed', ErrorInfo]
  | readonly ['output', call: number, startedAt: number, durationMs: number, Json, changes: readonly JsonChange[]]
  | readonly ['failed', call: number, startedAt: number, durationMs: number, ErrorInfo]
  /** An evaluator's bare boolean or number: the common case. */
  | readonly [
      'value',
      call: number,
      startedAt: number,
      durationMs: number,
      label: string,
      value: boolean | number,
    ]
  | readonly [
      'evaluated',
      call: number,
      startedAt: number,
      durationMs: number,
      EvaluatorResult,
      changes: readonly JsonChange[],
    ]
  | readonly [
      'summarized',
      call: number,
      startedAt: number,
      durationMs: number,
      SummaryResult,
      changes: readonly JsonChange[],
    ]
  | readonly ['checked', DatasetCheck]
  | readonly ['check-failed', ErrorInfo]
  | readonly ['records', items: readonly RecordItemText[], isLast: boolean]
  | readonly ['read-failed', ErrorInfo]
  /** Evaluators from this one on did not follow in the wake of their task. */
  | readonly ['not-begun', calls: readonly number[]]
  | readonly ['late', call: number, what: string, key: string]
  /** User code called process.exit. */
  | readonly ['exiting', ErrorInfo]
  | readonly ['pong', number: number]

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
      changes: readonly JsonChange[],
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

/** How many calls can have a start time at once; further ones are watched without one. */
export const START_TIME_SLOTS = 16_384

const SLOT_BITS = 2 ** 20

/** A call's number: a serial number, and the slot in which its start time stands. */
export function callOf(serial: number, slot: number): number {
  return serial * SLOT_BITS + slot
}

export function slotOf(call: number): number {
  return call % SLOT_BITS
}
