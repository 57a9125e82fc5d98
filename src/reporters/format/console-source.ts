import type { ConsoleSource } from '../../model/ports.ts'
import { sanitizeLine } from '../../terminal/sanitize.ts'
import { truncate } from '../../terminal/width.ts'

const KEY_COLUMNS = 40

/**
 * Which call of user code wrote something.
 * @example '[ticket-17, run 1, task]'
 */
export function formatSource({ what, key, iteration }: ConsoleSource): string {
  const row = iteration === undefined ? [] : [truncate(sanitizeLine(key), KEY_COLUMNS), `run ${iteration}`]
  return `[${[...row, sanitizeLine(what).replace(/^the /, '')].join(', ')}]`
}
