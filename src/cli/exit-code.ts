import { type ErrorCode, LlmobsExpError } from '../model/errors.ts'

const storeCodes: ReadonlySet<ErrorCode> = new Set([
  'E_STORE_WRITE',
  'E_STORE_READ',
  'E_STORE_FORMAT',
  'E_STORE_LOCKED',
])

/** From the first task on: what an end means that nobody foresaw. Planned units are pending then. */
export const ENDED_EARLY = 4

/** Until the command has said how it ended: an event loop that runs dry before is a defect. */
export const DEFECT = 70

/** The exit code for an error that ended a command. `hasBegun` says whether tasks may have been started. */
export function exitCodeOf(error: unknown, hasBegun: boolean): number {
  if (!(error instanceof LlmobsExpError)) return hasBegun ? ENDED_EARLY : 2
  return storeCodes.has(error.code) ? 5 : 2
}
