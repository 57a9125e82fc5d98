import type { Delivery } from '../model/backend.ts'
import { toErrorInfo } from '../model/error-info.ts'
import { LlmobsExpError } from '../model/errors.ts'
import {
  type EndReason,
  type ErrorAllowance,
  type Failure,
  type Outcome,
  type Signal,
  signalCodes,
} from '../model/outcome.ts'
import type { DefinitionInfo } from '../model/ports.ts'
import { describeRegression } from '../model/regression.ts'
import type { ExperimentSummary, RowCounts } from '../model/summary.ts'
import type { ThresholdCheck } from '../model/threshold.ts'
import { checkThresholds, missedThresholds } from './thresholds.ts'

/** What is known of an experiment when nothing more will come. */
export interface OutcomeInput {
  /** Why it ended before its planned units did; absent when it came to its own end. */
  readonly end?: EndReason
  /** Whether any task was started: of the experiment, or for a signal of the whole command. */
  readonly taskStarted: boolean
  readonly summary: ExperimentSummary
  readonly maxErrors: ErrorAllowance
  readonly thresholds: DefinitionInfo['thresholds']
  /** What is worse than the baseline. @default none */
  readonly regressions?: readonly Failure[]
  /** What records were asked for, such as `--filter lang=fr`; absent when it was all of them. */
  readonly selection?: string
  /** What may have been meant by it, should no record match. */
  readonly selectionHint?: string
  readonly early?: EarlyVerdict
}

/** What is known where the verdict was certain before all rows had run. */
export interface EarlyVerdict {
  readonly ran: number
  readonly skipped: number
  certaintyOf(threshold: string): ThresholdCheck['status']
}

/** Exit codes by precedence: with several experiments, the first that any of them has. */
const precedence = [130, 143, 129, 5, 4, 2, 1, 3, 0]

/**
 * What an experiment came to. An experiment without a planned unit never passes, nor one with units that are still pending.
 * Of one that was stopped only what more rows could not have changed is listed as a failure.
 */
export function decideOutcome(input: OutcomeInput): Outcome {
  const end = input.end ?? ownEnd(input)
  const certain = [...excessErrors(input), ...summaryErrors(input.summary)]
  if (end !== undefined) {
    return { status: 'stopped', exitCode: stoppedCode(end, input.taskStarted), reason: end, failures: certain }
  }
  const { early } = input
  const thresholds = checkThresholds(input.thresholds, input.summary).map((check) =>
    early === undefined ? check : { ...check, status: early.certaintyOf(check.name) },
  )
  const checked = {
    ...(thresholds.length === 0 ? {} : { thresholds }),
    ...(early === undefined ? {} : { early: { ran: early.ran, skipped: early.skipped } }),
  }
  const failures = [...certain, ...missedThresholds(thresholds), ...(input.regressions ?? [])]
  if (failures.length === 0) return { status: 'passed', exitCode: 0, ...checked }
  return { status: 'failed', exitCode: 1, failures, ...checked }
}

/** The exit code that an undelivered experiment has which passed. */
const UNDELIVERED = 3

/** One experiment of a command, as far as its exit code goes. */
export interface EndedPart {
  readonly outcome: Outcome
  readonly delivery?: Delivery
}

export interface EndOptions {
  /** Whether what was not delivered passes all the same. */
  readonly allowUndelivered: boolean
  /** What ended the wait for the delivery. */
  readonly signal?: Signal
  /** Whether a complete experiment that failed counts as if it had passed. @default false */
  readonly exitZero?: boolean
}

/** What an experiment means for the exit code of its command. */
export function exitCodeOf(part: EndedPart, { allowUndelivered, signal, exitZero = false }: EndOptions): number {
  const { status } = part.outcome
  const exitCode = status === 'failed' && exitZero ? 0 : part.outcome.exitCode
  if (!isUndelivered(part) || status === 'stopped') return exitCode
  if (signal !== undefined) return signalCodes[signal]
  return exitCode === 1 || allowUndelivered ? exitCode : UNDELIVERED
}

export function isUndelivered({ delivery }: Pick<EndedPart, 'delivery'>): boolean {
  return delivery?.status === 'undelivered'
}

/** The exit code of a command that ran these experiments. None at all is 2: nothing was run. */
export function combineExitCodes(codes: readonly number[]): number {
  return precedence.find((code) => codes.includes(code)) ?? 2
}

/** One line for each reason why an experiment did not pass; empty when it passed. */
export function describeFailures(outcome: Outcome): string[] {
  return outcome.status === 'passed' ? [] : outcome.failures.map(describeFailure)
}

function describeFailure(failure: Failure): string {
  switch (failure.kind) {
    case 'errors': {
      const verb = failure.rowsWithErrors === 1 ? 'has' : 'have'
      return `${failure.rowsWithErrors} of ${failure.plannedUnits} rows ${verb} errors, allowed: ${failure.allowed}`
    }
    case 'threshold':
      return `${failure.name}: wanted ${failure.wanted}, got ${failure.got}`
    case 'summary-evaluator':
      return `summary evaluator ${failure.name} failed in run ${failure.iteration}: ${failure.message}`
    case 'regression':
    case 'not-compared':
      return describeRegression(failure)
    case 'backend':
      return failure.message
  }
}

function stoppedCode(end: EndReason, taskStarted: boolean): number {
  switch (end.kind) {
    case 'signal':
      return taskStarted ? signalCodes[end.signal] : 2
    case 'store-failed':
      return 5
    case 'user-code-ended':
    case 'dataset-threw':
    case 'out-of-date':
    case 'brake':
    case 'interrupted':
      return taskStarted ? 4 : 2
    case 'raise-errors':
      return 1
    case 'not-started':
      return 2
  }
}

/** The end of an experiment that says it is complete, but is not. */
function ownEnd({ summary: { rows }, selection, selectionHint }: OutcomeInput): EndReason | undefined {
  const planned = plannedUnits(rows)
  if (planned === 0) {
    const message =
      selection === undefined ? 'expected at least one record to run, got none' : `no record matches ${selection}`
    const error = new LlmobsExpError(
      'E_DATASET_EMPTY',
      message,
      selectionHint === undefined ? {} : { hint: selectionHint },
    )
    return { kind: 'not-started', error: toErrorInfo('E_DATASET_EMPTY', error) }
  }
  const undone = rows.pending + rows.cancelled
  if (undone === 0) return undefined
  const error = new LlmobsExpError('E_INTERNAL', `${undone} of ${planned} planned units did not run`)
  return { kind: 'user-code-ended', error: toErrorInfo('E_INTERNAL', error) }
}

function plannedUnits(rows: RowCounts): number {
  return rows.ok + rows.error + rows.timeout + rows.skipped + rows.cancelled + rows.pending
}

function excessErrors({ summary, maxErrors }: OutcomeInput): Failure[] {
  // Records in quarantine are neither errors nor what errors are a share of.
  const planned = plannedUnits(summary.rows) - (summary.quarantinedRows ?? 0)
  const count = summary.rowsWithErrors
  const isAllowed = maxErrors.kind === 'count' ? count <= maxErrors.count : count * 100 <= maxErrors.percent * planned
  if (isAllowed) return []
  const allowed = maxErrors.kind === 'count' ? String(maxErrors.count) : `${maxErrors.percent}%`
  return [{ kind: 'errors', rowsWithErrors: count, plannedUnits: planned, allowed }]
}

function summaryErrors(summary: ExperimentSummary): Failure[] {
  return summary.runs.flatMap((run) =>
    run.summaries.flatMap((result): Failure[] =>
      result.status === 'error'
        ? [{ kind: 'summary-evaluator', name: result.name, iteration: run.iteration, message: result.error.message }]
        : [],
    ),
  )
}
