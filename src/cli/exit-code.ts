import { type ErrorCode, LlmobsExpError } from '../model/errors.ts'

const storeCodes: ReadonlySet<ErrorCode> = new Set([
  'E_STORE_WRITE',
  'E_STORE_READ',
  'E_STORE_FORMAT',
  'E_STORE_LOCKED',
])

/** The exit code for an error that ended a command before any task was started. */
export function exitCodeOf(error: unknown): number {
  if (!(error instanceof LlmobsExpError)) return 70
  return storeCodes.has(error.code) ? 5 : 2
}
