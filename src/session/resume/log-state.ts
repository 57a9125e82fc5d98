import type { EventStamp, ExperimentFinished, TaskResult } from '../../model/events.ts'
import type { KnownRecords } from './known-records.ts'

/** What an experiment has come to, as its log tells. */
export interface LogState {
  /** 0 where nothing of it was begun. */
  readonly lastSeq: number
  /** When its last event happened: epoch milliseconds, 0 where there is none. */
  readonly lastAt: number
  /** In force when it ended. */
  readonly jobs: number
  readonly known: KnownRecords
  readonly runs: ReadonlyMap<number, LoggedRun>
  readonly units: UnitStates
  /** How often a unit was under way at a crash, as far as that has been written. */
  readonly crashes: ReadonlyMap<string, number>
  /** Units that came first, one after another, when it was last gone on with. */
  readonly alone: readonly string[]
  /** What it came to; absent where its process did not get to say so. */
  readonly finished?: ExperimentFinished & EventStamp
  /** Lines that cannot be read. */
  readonly damagedLines: number
  readonly isTorn: boolean
  /** Where the last whole line ends, in bytes. */
  readonly end: number
}

export interface LoggedRun {
  isStarted: boolean
  /** Every record was handed out to it. */
  wasFinished: boolean
  /** And no row of it has changed since. */
  isFinished: boolean
  hasFailedSummary: boolean
}

/** What is to be told apart of the units; those that are done stand in the known records. */
export interface UnitStates {
  /** With a task result and without an end, by `unitName`. */
  readonly partial: ReadonlyMap<string, PartialUnit>
  /** Of which nothing counts, though the log speaks of them. */
  readonly void: ReadonlyMap<string, VoidUnit>
  /** How many rows of each run are tried again. */
  readonly retries: ReadonlyMap<number, number>
  /** Keys of units whose record cannot be read. */
  readonly orphans: ReadonlySet<string>
  readonly maxGeneration: number
}

export interface PartialUnit {
  readonly key: string
  readonly iteration: number
  readonly generation: number
  readonly replaces?: number
  readonly task: TaskResult
  /** Evaluators with a result that stands. */
  readonly evaluated: ReadonlySet<string>
}

export interface VoidUnit {
  readonly generation: number
  /** `seq` of the end of its row, or of its last event where that has none. */
  readonly replaces: number
}
