import type { PushItem } from '../../model/backend.ts'
import type { ErrorInfo } from '../../model/errors.ts'
import type { EndReason, Failure, Outcome } from '../../model/outcome.ts'
import { describeRegression } from '../../model/regression.ts'
import type { WireStatus } from './experiments.ts'
import { errorType } from './wire-context.ts'

export interface WireEnd {
  readonly status: Exclude<WireStatus, 'running'>
  readonly error?: string
}

const MAX_REASONS = 10
const MAX_REASON = 160
/** Different texts that are kept in order to be counted; errors may all differ. */
const MAX_KEPT = 1_000

/** Gathers what went wrong in rows and evaluators, each text once. */
export interface ErrorTexts {
  add(item: PushItem): void
  /** In an order that does not depend on which row ended first. */
  list(): readonly string[]
}

export function createErrorTexts(): ErrorTexts {
  const texts = new Set<string>()
  return {
    add(item) {
      for (const text of errorsOf(item)) if (texts.size < MAX_KEPT) texts.add(clip(text))
    },
    list: () => [...texts].sort(),
  }
}

/**
 * What an experiment came to in Datadog's words. It failed where anything in it did, though it may have passed here: `--max-errors`
 * allows errors, and does not make them successes.
 */
export function toWireEnd(outcome: Outcome, errors: readonly string[]): WireEnd {
  if (outcome.status === 'stopped') {
    const reasons = [describeReason(outcome.reason), ...outcome.failures.map(describeFailure), ...errors]
    return end(outcome.reason.kind === 'raise-errors' ? 'failed' : 'interrupted', reasons)
  }
  const failures = outcome.status === 'failed' ? outcome.failures.map(describeFailure) : []
  if (failures.length === 0 && errors.length === 0)
    return { status: outcome.status === 'passed' ? 'completed' : 'failed' }
  return end('failed', [...failures, ...errors])
}

function end(status: WireEnd['status'], reasons: readonly string[]): WireEnd {
  const different = [...new Set(reasons.map(clip))]
  const more = different.length - MAX_REASONS
  const told = more > 0 ? [...different.slice(0, MAX_REASONS), `and ${more} more`] : different
  return { status, error: told.join('; ') }
}

function errorsOf(item: PushItem): readonly string[] {
  if (item.kind === 'row') {
    const { task } = item.row
    return task === undefined || task.status === 'ok' ? [] : [describeError(task.error)]
  }
  if (item.kind === 'evaluation') {
    const { evaluation } = item
    return 'error' in evaluation ? [`${evaluation.evaluator} (${describeError(evaluation.error)})`] : []
  }
  return item.summaries.flatMap((summary) =>
    summary.status === 'error' ? [`${summary.name} (${describeError(summary.error)})`] : [],
  )
}

function describeError(error: ErrorInfo): string {
  return `${errorType(error)}: ${error.message}`
}

function describeFailure(failure: Failure): string {
  switch (failure.kind) {
    case 'errors':
      return `${failure.rowsWithErrors} of ${failure.plannedUnits} rows have errors`
    case 'threshold':
      return `${failure.name}: wanted ${failure.wanted}, got ${failure.got}`
    case 'summary-evaluator':
      return `summary evaluator ${failure.name}: ${failure.message}`
    case 'regression':
    case 'not-compared':
      return describeRegression(failure)
    case 'backend':
      return failure.message
  }
}

function describeReason(reason: EndReason): string {
  if (reason.kind === 'signal') return `ended by ${reason.signal}`
  return reason.kind === 'out-of-date' || reason.kind === 'interrupted' ? reason.message : describeError(reason.error)
}

function clip(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim()
  return line.length <= MAX_REASON ? line : `${line.slice(0, MAX_REASON).replace(/[\ud800-\udbff]$/, '')}…`
}
