import type { Mask } from '../config/secrets.ts'
import type { ErrorInfo } from '../model/errors.ts'
import type { EventBody, NamedSummaryResult, RunEvent } from '../model/events.ts'
import type { EndReason, Outcome } from '../model/outcome.ts'

/**
 * Takes secrets out of what the tool says in events: errors and problems. Inputs, outputs and evaluations are the user's data and
 * stay as they are. Returns the same events where there is nothing to be masked, as in most batches.
 */
export function maskEvents(events: readonly RunEvent[], mask: Mask): readonly RunEvent[] {
  return events.some(saysSomething) ? events.map((event) => maskEvent(event, mask)) : events
}

function saysSomething(event: RunEvent): boolean {
  switch (event.type) {
    case 'task-finished':
    case 'evaluation-finished':
      return event.status === 'error'
    case 'run-finished':
      return event.summaries.length > 0
    case 'problem':
      return true
    default:
      return false
  }
}

function maskEvent<E extends EventBody>(event: E, mask: Mask): E {
  switch (event.type) {
    case 'task-finished':
    case 'evaluation-finished':
      return event.status === 'error' ? { ...event, error: maskError(event.error, mask) } : event
    case 'run-finished':
      return { ...event, summaries: event.summaries.map((summary) => maskSummary(summary, mask)) }
    case 'problem':
      return { ...event, message: mask(event.message) }
    default:
      return event
  }
}

function maskSummary(summary: NamedSummaryResult, mask: Mask): NamedSummaryResult {
  return summary.status === 'error' ? { ...summary, error: maskError(summary.error, mask) } : summary
}

/** Failures of an outcome are made from events that have been masked. */
export function maskOutcome(outcome: Outcome, mask: Mask): Outcome {
  return outcome.status === 'stopped' ? { ...outcome, reason: maskReason(outcome.reason, mask) } : outcome
}

function maskReason(reason: EndReason, mask: Mask): EndReason {
  return 'error' in reason ? { ...reason, error: maskError(reason.error, mask) } : reason
}

export function maskError(error: ErrorInfo, mask: Mask): ErrorInfo {
  const { name, message, stack, hint, codeFrame, cause } = error
  return {
    ...error,
    name: mask(name),
    message: mask(message),
    ...(stack === undefined ? {} : { stack: mask(stack) }),
    ...(hint === undefined ? {} : { hint: mask(hint) }),
    ...(codeFrame === undefined ? {} : { codeFrame: mask(codeFrame) }),
    ...(cause === undefined ? {} : { cause: maskError(cause, mask) }),
  }
}
