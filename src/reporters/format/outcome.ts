import type { EndReason, Failure, Outcome } from '../../model/outcome.ts'
import type { ExperimentInfo } from '../../model/ports.ts'
import type { PulledFrom } from '../../model/pull.ts'
import { describeRegression } from '../../model/regression.ts'
import type { ThresholdCheck } from '../../model/threshold.ts'
import { sanitize, sanitizeLine } from '../../terminal/sanitize.ts'
import { excerpt } from '../../terminal/wrap.ts'
import { formatNumber } from './number.ts'
import type { Style } from './style.ts'

const MAX_MESSAGE = 2000
const MAX_LINES = 100

/** What an experiment came to, why, and where it is kept. */
export function renderOutcome(info: ExperimentInfo, outcome: Outcome, style: Style): string {
  const { colors } = style
  const name = sanitizeLine(info.name)
  return [
    outcome.status === 'passed' ? `${colors.green('passed')} ${name}` : `${colors.red(outcome.status)} ${name}`,
    ...outcomeReasons(outcome).flatMap((reason) => wrapReason(reason, style)),
    ...earlyEnd(outcome).flatMap((line) => wrapReason(line, style)),
    ...metThresholds(outcome).flatMap((line) => wrapReason(line, style)),
    ...(info.pulled === undefined ? [] : renderPulled(info.pulled, style)),
    // Of what was never begun nothing is kept.
    ...(outcome.exitCode === 2 ? [] : [colors.dim(`  stored in ${sanitizeLine(info.folder)}`)]),
    '',
  ].join('\n')
}

/** The link is not cut, so that it can be clicked. */
function renderPulled({ place, link, at }: PulledFrom, { colors }: Style): string[] {
  return [`  pulled from ${sanitizeLine(place)} at ${sanitizeLine(at)}`, `  ${colors.cyan(sanitizeLine(link))}`]
}

/** Why an experiment did not pass, one text each. */
export function outcomeReasons(outcome: Outcome): string[] {
  if (outcome.status === 'passed') return []
  const failures = outcome.failures.map(formatFailure)
  return outcome.status === 'stopped' ? [formatEndReason(outcome.reason), ...failures] : failures
}

/** @example 'thresholds met: correct 0.95 (at least 0.9), tokens 312 (at most 400)' */
function metThresholds(outcome: Outcome): string[] {
  const checks = outcome.status === 'stopped' ? [] : (outcome.thresholds ?? [])
  return (['met', 'open'] as const).flatMap((wanted) => {
    const found = checks.filter(({ status }) => status === wanted).map(formatCheck)
    return found.length === 0
      ? []
      : [`${found.length === 1 ? 'threshold' : 'thresholds'} ${wanted}: ${found.join(', ')}`]
  })
}

function earlyEnd(outcome: Outcome): string[] {
  if (outcome.status === 'stopped' || outcome.early === undefined) return []
  const { ran, skipped } = outcome.early
  return [`not all rows ran: the verdict was certain after ${formatNumber(ran)}, ${formatNumber(skipped)} were skipped`]
}

function formatCheck({ name, wanted, got }: ThresholdCheck): string {
  return sanitizeLine(`${name} ${wanted}, got ${got}`)
}

export function formatFailure(failure: Failure): string {
  switch (failure.kind) {
    case 'errors':
      return `rows with errors: ${formatNumber(failure.rowsWithErrors)} of ${formatNumber(failure.plannedUnits)}, allowed ${failure.allowed}`
    case 'threshold':
      return sanitizeLine(`threshold ${failure.name}: wanted ${failure.wanted}, got ${failure.got}`)
    case 'summary-evaluator':
      return clean(`summary evaluator ${failure.name} failed in run ${failure.iteration}: ${failure.message}`)
    case 'regression':
    case 'not-compared':
      return sanitizeLine(describeRegression(failure))
    case 'backend':
      return clean(failure.message)
  }
}

export function formatEndReason(reason: EndReason): string {
  switch (reason.kind) {
    case 'signal':
      return `ended by ${reason.signal}`
    case 'user-code-ended':
      return clean(`ended by user code: ${reason.error.message}`)
    case 'dataset-threw':
      return clean(`the dataset threw: ${reason.error.message}`)
    case 'raise-errors':
      return clean(`stopped at the first error: ${reason.error.message}`)
    case 'brake':
      return clean(`stopped: ${reason.error.message}`)
    case 'store-failed':
      return clean(`the local store failed: ${reason.error.message}`)
    case 'not-started':
      return clean(`not started: ${reason.error.message}`)
    case 'out-of-date':
      return clean(`out of date: ${reason.message}`)
    case 'interrupted':
      return clean(`interrupted: ${reason.message}`)
  }
}

/** Later lines are set in, so that reasons can be told from one another. */
function wrapReason(reason: string, { columns }: Style): string[] {
  const lines = reason.split('\n').flatMap((line) => excerpt(line, { columns: columns - 4, lines: MAX_LINES }))
  return lines.map((line, index) => (index === 0 ? `  ${line}` : `    ${line}`))
}

function clean(text: string): string {
  return sanitize(text.slice(0, MAX_MESSAGE))
}
