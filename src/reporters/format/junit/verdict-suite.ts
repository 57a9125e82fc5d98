import type { LabelComparison } from '../../../model/comparison.ts'
import type { Failure } from '../../../model/outcome.ts'
import type { ExperimentOutcome } from '../../../model/ports.ts'
import { describeLabelComparison } from '../comparison.ts'
import { formatEndReason, formatFailure } from '../outcome.ts'
import type { PlainCase } from './test-case.ts'

/**
 * What an experiment came to as cases: whether it ran to its end, each threshold, every other reason why it did not pass, each
 * label beside the baseline, and its delivery. A CI system that shows nothing but cases shows all of it.
 */
export function verdictCases({ info, outcome, comparison, delivery }: ExperimentOutcome): PlainCase[] {
  const failures = outcome.status === 'passed' ? [] : outcome.failures
  const missed = failures.flatMap((failure) => (failure.kind === 'threshold' ? [failure] : []))
  const names = new Set([...Object.keys(info.thresholds), ...missed.map(({ name }) => name)])
  const isUndelivered = delivery?.status === 'undelivered'
  return [
    endCase(outcome),
    ...[...names].map((name) => thresholdCase(name, outcome.status === 'stopped' ? 'unknown' : 'known', missed)),
    ...failures.filter(({ kind }) => kind !== 'threshold').map(failureCase),
    ...(comparison?.labels ?? []).map(comparisonCase),
    ...(isUndelivered ? [deliveryCase(`${delivery.place}: ${delivery.reason}`)] : []),
  ]
}

function endCase(outcome: ExperimentOutcome['outcome']): PlainCase {
  const name = 'runs to its end'
  if (outcome.status !== 'stopped') return { name }
  const { reason } = outcome
  return { name, problem: { kind: 'error', type: reason.kind, message: formatEndReason(reason) } }
}

function thresholdCase(name: string, certainty: 'known' | 'unknown', missed: readonly Failure[]): PlainCase {
  const failures = missed.filter((failure) => failure.kind === 'threshold' && failure.name === name)
  const message = failures.map(formatFailure).join('\n')
  const title = `threshold ${name}`
  if (failures.length > 0) return { name: title, problem: { kind: 'failure', type: 'threshold', message } }
  // Of what ended early nobody can say that it would have met it.
  const open = 'not judged: the experiment did not run to its end'
  return certainty === 'known'
    ? { name: title }
    : { name: title, problem: { kind: 'error', type: 'threshold', message: open } }
}

function failureCase(failure: Failure): PlainCase {
  const message = formatFailure(failure)
  return { name: failureName(failure), problem: { kind: 'failure', type: failure.kind, message } }
}

function failureName(failure: Failure): string {
  if (failure.kind === 'summary-evaluator') return `summary evaluator ${failure.name}, run ${failure.iteration}`
  return failure.kind === 'errors' ? 'rows with errors' : failure.kind
}

/** Whether a change makes the experiment fail is for its gates to say; those are among its failures. */
function comparisonCase(label: LabelComparison): PlainCase {
  return { name: `against the baseline: ${label.label}`, note: describeLabelComparison(label) }
}

function deliveryCase(message: string): PlainCase {
  return { name: 'is delivered', problem: { kind: 'error', type: 'undelivered', message } }
}
