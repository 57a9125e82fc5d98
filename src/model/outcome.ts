import type { NotComparedReason } from './comparison.ts'
import type { ErrorInfo } from './errors.ts'
import type { Interval } from './summary.ts'
import type { ThresholdCheck, ThresholdResult } from './threshold.ts'

export type Signal = 'SIGINT' | 'SIGTERM' | 'SIGHUP'

/** The exit code of a command that a signal ended. */
export const signalCodes: { readonly [S in Signal]: number } = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 }

/** Why an experiment ended before all of its planned units did. */
export type EndReason =
  | { readonly kind: 'signal'; readonly signal: Signal }
  | { readonly kind: 'user-code-ended'; readonly error: ErrorInfo }
  | { readonly kind: 'dataset-threw'; readonly error: ErrorInfo }
  | { readonly kind: 'raise-errors'; readonly error: ErrorInfo }
  /** Something that was to keep it from costing too much: the same error again and again, or its time. */
  | { readonly kind: 'brake'; readonly error: ErrorInfo }
  | { readonly kind: 'store-failed'; readonly error: ErrorInfo }
  | { readonly kind: 'not-started'; readonly error: ErrorInfo }
  /** What it was made from has changed, or another run was asked for. `message` says which, such as `triage.ts changed`. */
  | { readonly kind: 'out-of-date'; readonly message: string }
  /** Of a pulled experiment: it did not come to its end where it ran. `message` is what the backend tells of that. */
  | { readonly kind: 'interrupted'; readonly message: string }

/** How many rows with errors an experiment may have and still pass; `percent` is of the planned units. */
export type ErrorAllowance =
  | { readonly kind: 'count'; readonly count: number }
  | { readonly kind: 'share'; readonly percent: number }

/** One reason why a complete experiment did not pass. */
export type Failure =
  | {
      readonly kind: 'errors'
      readonly rowsWithErrors: number
      readonly plannedUnits: number
      readonly allowed: string
    }
  | ({ readonly kind: 'threshold' } & ThresholdResult)
  | { readonly kind: 'summary-evaluator'; readonly name: string; readonly iteration: number; readonly message: string }
  /** A label got worse than the tolerance allows, and by more than chance. */
  | {
      readonly kind: 'regression'
      readonly name: string
      /** How the baseline was named. */
      readonly baseline: string
      readonly tolerance: number
      readonly before: number
      readonly after: number
      readonly difference: number
      readonly interval: Interval
      /** After Holm's correction. */
      readonly pValue: number
      readonly pairs: number
    }
  /** A label that was not to get worse could not be compared. */
  | {
      readonly kind: 'not-compared'
      readonly name: string
      readonly baseline: string
      readonly reason: NotComparedReason
    }
  /** Of a pulled experiment: what the backend says went wrong. */
  | { readonly kind: 'backend'; readonly message: string }

interface Checked {
  /** What came of each threshold; absent where there is none. */
  readonly thresholds?: readonly ThresholdCheck[]
  /** Present where the verdict was certain before all rows had run. */
  readonly early?: EarlyEnd
}

/** How many rows were run until the verdict was certain, and how many were skipped from there on. */
export interface EarlyEnd {
  readonly ran: number
  readonly skipped: number
}

/** What a whole experiment came to. */
export type Outcome =
  | ({ readonly status: 'passed'; readonly exitCode: 0 } & Checked)
  | ({ readonly status: 'failed'; readonly exitCode: 1; readonly failures: readonly Failure[] } & Checked)
  | {
      readonly status: 'stopped'
      readonly exitCode: number
      readonly reason: EndReason
      readonly failures: readonly Failure[]
    }
