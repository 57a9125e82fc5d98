import type { QuarantinedRecord } from '../model/quarantine.ts'
import type { RecordFilter } from './select.ts'

/** Everything the engine needs to know of one experiment. */
export interface Plan {
  readonly experimentId: string
  readonly name: string
  readonly evaluators: readonly string[]
  readonly summaryEvaluators: readonly string[]
  readonly runs: number
  readonly jobs: number
  readonly evalJobs?: number
  /** Milliseconds for one attempt of the task. */
  readonly timeout: number
  /** Milliseconds for one attempt of an evaluator or a summary evaluator. */
  readonly evalTimeout: number
  readonly maxRetries: number
  /** Ends the experiment at the first error. */
  readonly raiseErrors: boolean
  /** Ends the experiment when so many tasks in a row have failed with the same error; 0: never. */
  readonly maxIdenticalErrors: number
  /** Counts invalid records and goes on, in place of ending. */
  readonly skipInvalid: boolean
  readonly selection: Selection
  /** Records whose rows summary evaluators are not given. */
  readonly quarantine?: readonly QuarantinedRecord[]
  /** How many records each run will have, where that is known. */
  readonly plannedRecords?: number
  /** Number of the first event. */
  readonly firstSeq: number
}

/** Which records of the dataset are run. */
export interface Selection {
  readonly filters: readonly RecordFilter[]
  /** Only records with one of these ids or keys. */
  readonly records: readonly string[]
  readonly sampleSize?: number
  /** With it the sample is drawn, without it the first records are taken. */
  readonly sampleSeed?: number
}
