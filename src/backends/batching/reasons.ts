import { BackendError } from '../../model/backend.ts'
import { toErrorInfo } from '../../model/error-info.ts'
import { makeVisible } from '../../model/quote.ts'

const MAX_REASON = 300

/** There was no time for the rest. */
export class TimeUpError extends Error {
  override readonly name = 'TimeUpError'
}

/** One short line of what somebody else said. */
export function safeLine(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim()
  return makeVisible(line.length <= MAX_REASON ? line : `${line.slice(0, MAX_REASON - 1)}…`)
}

/** Why an experiment was not delivered, in a line. */
export function explainFailure(error: unknown, place: string): string {
  if (error instanceof TimeUpError) return `${place} had not taken everything when the time was up`
  if (error instanceof BackendError && error.failure.kind === 'invalid') {
    return safeLine(`${place} takes none of it: ${error.message}`)
  }
  return safeLine(toErrorInfo('E_INTERNAL', error).message)
}
