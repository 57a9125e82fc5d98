import type { Problem } from '../../model/events.ts'
import type { Colors } from '../../terminal/colors.ts'
import { sanitize, sanitizeLine } from '../../terminal/sanitize.ts'

const MAX_MESSAGE = 2000

/** @example 'warning W_LATE_RESULT: the task came back 3 s after its timeout (record t-17)' */
export function renderProblem({ severity, code, message, key }: Omit<Problem, 'type'>, colors: Colors): string {
  const head = severity === 'error' ? colors.red(`error ${code}:`) : colors.yellow(`warning ${code}:`)
  const record = key === undefined ? '' : ` (record ${sanitizeLine(key.slice(0, MAX_MESSAGE))})`
  return `${head} ${sanitize(message.slice(0, MAX_MESSAGE))}${record}`
}
