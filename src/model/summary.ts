import type { ErrorInfo } from './errors.ts'
import type { MetricType } from './evaluation.ts'
import type { NamedSummaryResult, RowStatus } from './events.ts'

/** How many rows there are of each status. */
export type RowCounts = { readonly [S in RowStatus | 'pending']: number }

/** A 95 % interval; `rough` when there is too little data for it to mean much. */
export interface Interval {
  readonly low: number
  readonly high: number
  readonly rough: boolean
}

/** Beside every value stands how many rows it was taken over. */
export interface Coverage {
  readonly scored: number
  readonly errored: number
  readonly skipped: number
  /** Rows of records in quarantine, which count for nothing else here; absent where there are none. */
  readonly quarantined?: number
}

/** One evaluator's label over one run, or over all of them. */
export type LabelSummary = {
  readonly label: string
  readonly evaluator: string
} & Coverage &
  LabelValue

export type LabelValue =
  | {
      readonly type: 'boolean'
      readonly passRate: number
      readonly passed: number
      readonly interval: Interval
      /** Over several runs. */
      readonly stability?: Stability
    }
  | {
      readonly type: 'score'
      readonly mean: number
      readonly standardDeviation: number
      readonly interval: Interval
      readonly p50: number
      readonly p95: number
      readonly min: number
      readonly max: number
    }
  /** Most frequent first. */
  | {
      readonly type: 'categorical'
      readonly counts: readonly { readonly value: string; readonly count: number }[]
      readonly otherCount: number
    }
  | { readonly type: 'json' }
  /** Values of several types under one label: counted, never averaged. */
  | { readonly type: 'mixed'; readonly counts: { readonly [T in MetricType]: number } }
  | { readonly type: 'none' }

/** How alike the runs of each record are by one boolean label: counts of records. */
export interface Stability {
  /** Pass in every run that was scored. */
  readonly stablePass: number
  /** Pass in none. */
  readonly stableFail: number
  /** Pass in some. */
  readonly flaky: number
  /** Scored in one run only, which shows nothing of this. */
  readonly single: number
  /** Of the first flaky records in the order of the dataset; at most 20. */
  readonly flakyKeys: readonly string[]
  /** For k = 1 … 5, then fewer, up to the number of runs. */
  readonly passAt: readonly PassAt[]
}

/** How many of the records with at least `k` scored runs pass in any, and in all, of `k` runs; absent where there are none. */
export interface PassAt {
  readonly k: number
  readonly records: number
  /** pass@k: at least one of k runs passes. */
  readonly passAtK?: number
  /** pass^k: all of k runs pass. */
  readonly passHatK?: number
}

/** Errors with the same message, counted, with one example to reproduce. */
export interface ErrorGroup {
  readonly where: 'task' | { readonly evaluator: string }
  readonly error: ErrorInfo
  readonly count: number
  readonly exampleKey: string
}

export interface Latency {
  readonly p50: number
  readonly p95: number
  readonly max: number
}

export interface SlowTask {
  readonly key: string
  readonly durationMs: number
}

export interface RunSummary {
  readonly iteration: number
  readonly runId: string
  readonly rows: RowCounts
  /** Those of records in quarantine, by any status: neither errors nor values of them are counted. Absent where there are none. */
  readonly quarantinedRows?: number
  readonly evaluatorErrors: number
  readonly rowsWithErrors: number
  readonly labels: readonly LabelSummary[]
  /** Empty until the run has finished. */
  readonly summaries: readonly NamedSummaryResult[]
  readonly durationMs: number
  /** Of the task's own calls; absent while none has finished. */
  readonly taskLatency?: Latency
  readonly errors: readonly ErrorGroup[]
  /** The first units that failed or did not pass, by `unitName`; at most 20. */
  readonly failingUnits: readonly string[]
  readonly failingCount: number
  /** The units whose tasks took longest, the slowest first; at most 5. */
  readonly slowest: readonly SlowTask[]
}

/** All runs together. Intervals take into account that rows of the same record are alike. */
export interface ExperimentSummary {
  readonly rows: RowCounts
  /** As of a run. */
  readonly quarantinedRows?: number
  readonly evaluatorErrors: number
  readonly rowsWithErrors: number
  readonly labels: readonly LabelSummary[]
  readonly runs: readonly RunSummary[]
  readonly durationMs: number
  readonly taskLatency?: Latency
}
