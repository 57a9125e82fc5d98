import type { Delivery } from './backend.ts'
import type { DatasetOrigin } from './dataset.ts'
import type { Problem, RunEvent } from './events.ts'
import type { Json } from './json.ts'
import type { Outcome } from './outcome.ts'
import type { PulledFrom } from './pull.ts'
import type { Row, RowReader } from './row.ts'
import type { ExperimentSummary, RunSummary } from './summary.ts'

/** Where time comes from. */
export interface Clock {
  /** Epoch milliseconds with microseconds. */
  now(): number
  /** Milliseconds that only ever grow; unaffected by changes of the wall clock. */
  monotonic(): number
  /** Of the milliseconds since a monotonic moment, how many this process was kept from running: a laptop that slept. */
  sleptSince(moment: number): number
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
  readonly threads?: number | 'auto'
  readonly timeout?: number
  readonly evalTimeout?: number
  readonly maxRetries?: number
  /** Known of a module that is loaded; not kept in the store. */
  readonly code?: CodeInfo
}

/** How a definition's functions are written, as far as that shows without calling them. */
export interface CodeInfo {
  readonly task: FunctionInfo
  readonly evaluators: { readonly [name: string]: FunctionInfo }
  readonly summaryEvaluators: { readonly [name: string]: FunctionInfo }
}

export interface FunctionInfo {
  /** Declared `async`. Another function may return a promise all the same. */
  readonly isAsync: boolean
  /** Of an evaluator that is an object; empty for an object literal. */
  readonly className?: string
}

export interface DatasetInfo {
  /** `12 inline records`, `jsonl ./triage.jsonl`, `an async iterable`. */
  readonly description: string
  readonly kind: 'array' | 'source' | 'iterable'
  /** Known for arrays. */
  readonly length?: number
  /** Files that a source reads, absolute; absent when it names none. */
  readonly files?: readonly string[]
  /** Where it is kept at a backend that it was read from; known of an experiment that is stored. */
  readonly origin?: DatasetOrigin
}

/** Text that user code wrote to its console. */
export interface ConsoleChunk {
  readonly stream: 'stdout' | 'stderr'
  readonly text: string
  /** The call that wrote it, where that is traced and known. */
  readonly source?: ConsoleSource
}

/** A call of user code, for people. */
export interface ConsoleSource {
  /** `the task`, `evaluator exact`. */
  readonly what: string
  /** Of the record; empty for a summary evaluator. */
  readonly key: string
  /** Absent for a summary evaluator. */
  readonly iteration?: number
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
  /** Present where it was not run here. */
  readonly pulled?: PulledFrom
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
  readonly means: readonly RunningMean[]
}

export interface RunningMean {
  readonly label: string
  readonly mean: number
  /** Whether it is a pass rate. */
  readonly isRate: boolean
}

/** What the whole command came to. */
export interface GroupOutcome {
  readonly exitCode: number
  readonly experiments: readonly ExperimentOutcome[]
  /** The last line of stderr: what to do next, or what was achieved. */
  readonly lastLine: string
}

/** What one experiment came to. */
export interface ExperimentOutcome {
  readonly info: ExperimentInfo
  readonly outcome: Outcome
  /** What its backend has of it; absent where there is none. */
  readonly delivery?: Delivery
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
  /** Something people may want to know, which is no problem: a line that has been made safe. */
  note?(text: string): void | Promise<void>
  finish?(outcome: GroupOutcome): void | Promise<void>
}

/** The terminal, as reporters and commands see it. */
export interface Screen {
  readonly stdout: TextSink
  readonly stderr: TextSink
  /** Whether another process reads stdout, such as `tee`: it may write to the terminal whenever it likes. */
  readonly isPiped: boolean
  /** Colours are chosen for stdout and stderr apart. */
  readonly env: { readonly [name: string]: string | undefined }
  /** Keeps the bottom of the terminal for a region that is drawn again and again. */
  reserve(region: LiveRegion): ReservedBottom
  /** Takes the region away, if there is one, and shows the cursor: the process is about to end without coming to its end. */
  restore(): void
}

export interface ReservedBottom {
  /** stderr, for the region alone: what it writes there is not handed back to it. */
  readonly terminal: TextSink
  /** Gives the bottom back. */
  release(): void
}

/** Lines at the bottom of the terminal; handed whatever else is written there. */
export interface LiveRegion {
  /** Writes text above the region, now or a moment later. Resolves when it takes more. */
  above(text: string, sink: TextSink): void | Promise<void>
  /** Writes what was held back. */
  settle(): void
  /** Ends, and leaves the terminal as it was. */
  close(): void
}

export interface TextSink {
  readonly isTTY: boolean
  /** 0 when the terminal does not say. */
  readonly columns: number
  /** 0 when the terminal does not say. */
  readonly rows: number
  /** 0 no colour, 1 sixteen, 2 256, 3 16 million. */
  readonly colorLevel: 0 | 1 | 2 | 3
  /** Writes text that has been made safe; never throws. Resolves when the stream takes more. */
  write(text: string): void | Promise<void>
  /** Resolves when everything is out; rejects when it could not be written, which a closed pipe is not. */
  flush(): Promise<void>
}
