import { type ErrorCode, LlmobsExpError } from '../model/errors.ts'

const storeCodes: ReadonlySet<ErrorCode> = new Set(['E_STORE_WRITE', 'E_STORE_READ', 'E_STORE_FORMAT'])

/** What was to be sent was sent, but for some of it. */
export const NOT_ALL_ACCEPTED = 3

/** From the first task on: what an end means that nobody foresaw. Planned units are pending then. */
export const ENDED_EARLY = 4

/** A defect of this tool: also an event loop that runs dry before the command has said how it ended. */
export const DEFECT = 70

/** Whether an error is one that this tool did not expect. */
export function isDefect(error: unknown): boolean {
  return !(error instanceof LlmobsExpError) || error.code === 'E_INTERNAL'
}

/** The exit code for an error that ended a command. */
export function exitCodeOf(error: unknown): number {
  if (isDefect(error)) return DEFECT
  return error instanceof LlmobsExpError && storeCodes.has(error.code) ? 5 : 2
}
