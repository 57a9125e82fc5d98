import type { ConsoleSource } from '../../model/ports.ts'
import { quoteText } from '../../model/quote.ts'

/** So many calls are named where it cannot be told which of them it is. */
const MAX_NAMED = 3

/** A call of user code in words: `evaluator tone of row "ticket-17", run 2`. */
export function describeCall({ what, key, iteration }: ConsoleSource): string {
  return iteration === undefined ? what : `${what} of row ${quoteText(key)}, run ${iteration}`
}

/** One of several calls in words; user code where there is none. */
export function describeOneOf(calls: readonly ConsoleSource[]): string {
  const [first, ...others] = calls
  if (first === undefined) return 'user code'
  if (others.length === 0) return describeCall(first)
  const named = calls.slice(0, MAX_NAMED).map(describeCall).join('; ')
  const more = calls.length - MAX_NAMED
  return `one of ${calls.length} calls (${named}${more > 0 ? `; and ${more} more` : ''})`
}
