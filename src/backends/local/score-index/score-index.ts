import type { MetricType } from '../../../model/evaluation.ts'
import type { NamedSummaryResult } from '../../../model/events.ts'

/** Version of the index's format. One of another version is made anew. */
export const SCORE_INDEX_FORMAT = 1

/** Which state of a log an index was made from. */
export interface LogMark {
  /** Bytes. */
  readonly size: number
  /** Of its last change, in epoch milliseconds. */
  readonly changedAt: number
  /** CRC-32 of its last bytes. */
  readonly tail: number
}

/** One character for each row, in its order. */
export const rowCodes = { ok: 'o', error: 'e', timeout: 't', skipped: 's', failingOk: 'f' } as const
export const resultCodes = { none: '-', ok: 'o', skipped: 's', failed: 'e' } as const
export const verdictCodes = { none: '-', pass: 'p', fail: 'f' } as const

/** Records in the order of reading. */
export interface RecordColumns {
  readonly keys: readonly string[]
  readonly contentHashes: readonly string[]
  /** Where each stands in the log, in bytes. */
  readonly offsets: readonly number[]
}

/** Finished rows in the order in which they finished; what the end of the experiment took away is not among them. */
export interface RowColumns {
  /** Index of each row's record. */
  readonly records: readonly number[]
  readonly iterations: readonly number[]
  /** A `rowCodes` for each; `f` is of a row whose task came to its end and that fails all the same. */
  readonly statuses: string
  /** Milliseconds of the task's own call; null where there is none that came to its end. */
  readonly latencies: readonly (number | null)[]
  /** From where to where its lines stand in the log, in bytes; those of other rows may stand between them. */
  readonly starts: readonly number[]
  readonly ends: readonly number[]
}

/** What came of one evaluator's calls: a `resultCodes` for each row. */
export interface EvaluatorColumn {
  readonly evaluator: string
  readonly results: string
}

/** What stands under one label. */
export interface LabelColumn {
  readonly label: string
  readonly evaluator: string
  readonly type: MetricType | 'mixed'
  /** Rows that have a value, of whatever type. */
  readonly scored: number
  /** Of each row: a boolean is 1 or 0; null where there is no number. */
  readonly values: readonly (number | null)[]
  /** A `verdictCodes` for each row. */
  readonly verdicts: string
}

export interface RunSummaries {
  readonly iteration: number
  readonly results: readonly NamedSummaryResult[]
}

/** What comparing takes of an experiment's log, in columns. */
export interface ScoreIndex {
  readonly log: LogMark
  /** Whether rows may have been run again: then they are not looked for by where they stand. */
  readonly isResumed: boolean
  readonly records: RecordColumns
  readonly rows: RowColumns
  readonly evaluators: readonly EvaluatorColumn[]
  readonly labels: readonly LabelColumn[]
  readonly summaries: readonly RunSummaries[]
}
