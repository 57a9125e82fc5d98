import type { SourceProblem } from './dataset.ts'
import type { ErrorInfo } from './errors.ts'
import type { EvaluatorResult, Problem, RunEvent, SummaryResult, TaskResult } from './events.ts'
import type { Json, JsonChange } from './json.ts'
import type { Outcome } from './outcome.ts'
import type { RecordText, Row, RowReader } from './row.ts'
import type { ExperimentSummary, RunSummary } from './summary.ts'

/** Where time comes from. */
export interface Clock {
  /** Epoch milliseconds with microseconds. */
  now(): number
  /** Milliseconds that only ever grow; unaffected by changes of the wall clock. */
  monotonic(): number
  /** Calls back after so many milliseconds (however many) and returns what cancels it. */
  after(milliseconds: number, callback: () => void): () => void
}

/** Where identities come from. */
export interface Ids {
  /** Such as `20261122t081503-k3f9q2`: sortable by time. */
  experimentId(): string
  uuid(): string
  /** A number in [0, 1). */
  random(): number
}

/** Which of a module's experiments is meant: an export, and one of its variants. */
export interface ExperimentRef {
  /** `default`, `default[1]`, or an export's name. */
  readonly exportName: string
  readonly variant?: string
}

/** A definition as the main thread knows it: plain data, checked, without its functions. */
export interface DefinitionInfo {
  readonly ref: ExperimentRef
  /** With the variant: `support-triage/large`. */
  readonly name: string
  readonly project?: string
  readonly description?: string
  readonly config: Json
  readonly evaluators: readonly string[]
  readonly summaryEvaluators: readonly string[]
  readonly thresholds: { readonly [name: string]: { readonly min?: number; readonly max?: number } }
  readonly tags: { readonly [key: string]: string }
  readonly dataset: DatasetInfo
  readonly runs?: number
  readonly jobs?: number
  readonly timeout?: number
  readonly evalTimeout?: number
  readonly maxRetries?: number
}

export interface DatasetInfo {
  /** `12 inline records`, `jsonl ./triage.jsonl`, `an async iterable`. */
  readonly description: string
  readonly kind: 'array' | 'source' | 'iterable'
  /** Known for arrays. */
  readonly length?: number
}

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
  gauges(): Gauges
  /** Things worth saying that belong to no call: late results, replaced threads. */
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

/** Text that user code wrote to its console. */
export interface ConsoleChunk {
  readonly stream: 'stdout' | 'stderr'
  readonly text: string
}

/** What reporters may know of one experiment, live or replayed. */
export interface ExperimentView {
  readonly info: ExperimentInfo
  /** How far the experiment is. */
  progress(): Progress
  /** Numbers of one run so far. */
  run(iteration: number): RunSummary
  /** Numbers of the whole experiment so far. */
  summary(): ExperimentSummary
  /** Rows of one run that failed or did not pass, at most as many as `summary.failingUnits` keeps, read back from the log. */
  failingRows(iteration: number): Promise<readonly Row[]>
  readonly reader: RowReader
}

export interface ExperimentInfo {
  readonly experimentId: string
  /** Shared by the experiments of one command. */
  readonly groupId: string
  readonly name: string
  /** The module as it was named on the command line. */
  readonly file: string
  readonly dataset: DatasetInfo
  readonly runs: number
  readonly jobs: number
  readonly config: Json
  readonly tags: { readonly [key: string]: string }
  readonly thresholds: DefinitionInfo['thresholds']
  readonly evaluators: readonly string[]
  readonly summaryEvaluators: readonly string[]
  /** Folder of the experiment in the local store. */
  readonly folder: string
  readonly eventsFile: string
}

export interface Progress {
  readonly rowsDone: number
  /** Absent while the dataset's length is not known. */
  readonly rowsPlanned?: number
  readonly callsInFlight: number
  /** Calls that ran past their timeout and have not come back. */
  readonly expiredCalls: number
  readonly rowsWithErrors: number
  readonly elapsedMs: number
  /** Running mean or pass rate of each label that has one. */
  readonly means: readonly { readonly label: string; readonly mean: number }[]
}

/** What the whole command came to. */
export interface GroupOutcome {
  readonly exitCode: number
  readonly experiments: readonly { readonly info: ExperimentInfo; readonly outcome: Outcome }[]
  /** The last line of stderr: what to do next, or what was achieved. */
  readonly lastLine: string
}

/**
 * Tells people or CI; decides nothing. Every method is optional; a throwing one is reported and its reporter left out from there on.
 * A returned promise is awaited at the end of the command, never during the run.
 */
export interface Reporter {
  readonly name: string
  /** Whether it writes to the terminal's stdout. */
  readonly ownsStdout: boolean
  event?(event: RunEvent, view: ExperimentView): void | Promise<void>
  /** User code wrote to its console. */
  console?(chunk: ConsoleChunk): void
  /** Something people should know that is in no experiment's log, such as another reporter's failure. */
  problem?(problem: Problem): void
  finish?(outcome: GroupOutcome): void | Promise<void>
}

/** The terminal, as reporters and commands see it. */
export interface Screen {
  readonly stdout: TextSink
  readonly stderr: TextSink
  /** Colours are chosen for stdout and stderr apart. */
  readonly env: { readonly [name: string]: string | undefined }
  /** Keeps the bottom of the terminal for a region that is drawn again and again; what it returns gives it back. */
  reserve(region: LiveRegion): () => void
}

/** Lines at the bottom of the terminal; told of everything that is written there, also of what it writes itself. */
export interface LiveRegion {
  /** Something is about to be written. */
  erase(): void
  /** It has been written. */
  restore(): void
}

export interface TextSink {
  readonly isTTY: boolean
  /** 0 when the terminal does not say. */
  readonly columns: number
  /** 0 no colour, 1 sixteen, 2 256, 3 16 million. */
  readonly colorLevel: 0 | 1 | 2 | 3
  /** Writes text that has been made safe; never throws. Resolves when the stream takes more. */
  write(text: string): void | Promise<void>
  /** Resolves when everything is out; rejects when it could not be written, which a closed pipe is not. */
  flush(): Promise<void>
}

export type { ErrorInfo }
