import { sanitizeLine } from '../../terminal/sanitize.ts'
import { displayWidth, truncate } from '../../terminal/width.ts'
import { formatCount } from './number.ts'
import type { Style } from './style.ts'

const MAX_COLUMNS = 80

export interface WatchStyle extends Style {
  /** Whether the line is drawn across the terminal. */
  readonly isTTY: boolean
}

/**
 * What stands before each run but the first: when it began, and why.
 * @example '── 17:20:31 triage.ts changed ─────'
 */
export function renderTurn(message: string, at: Date, { colors, columns, isTTY }: WatchStyle): string {
  const text = `${formatTime(at)} ${sanitizeLine(message)}`
  if (!isTTY) return `${text}\n`
  // One column stays free: some terminals wrap when the last one is filled.
  const width = Math.min(columns - 1, MAX_COLUMNS)
  const head = truncate(`── ${text}`, width)
  const rest = width - displayWidth(head) - 1
  return `\n${colors.cyan(rest > 0 ? `${head} ${'─'.repeat(rest)}` : head)}\n`
}

export interface WatchCounts {
  readonly files: number
  /** Records whose rows failed. */
  readonly failing: number
}

/** What stands below each run. @example 'watching 4 files; r to run again, f for the 2 failing records, q to quit' */
export function renderWatching({ files, failing }: WatchCounts, hasKeys: boolean, { colors, columns }: Style): string {
  const those = failing === 1 ? 'the failing record' : `the ${formatCount(failing, 'failing record')}`
  const again = failing === 0 ? '' : `, f for ${those}`
  const keys = hasKeys ? `; r to run again${again}, q to quit` : ''
  return `${colors.dim(truncate(`watching ${formatCount(files, 'file')}${keys}`, columns))}\n`
}

/** Which files changed, for people. @example 'triage.ts and 2 more changed' */
export function describeChangedFiles(paths: readonly string[]): string {
  const [first = '', ...others] = paths
  return others.length === 0 ? `${first} changed` : `${first} and ${others.length} more changed`
}

/** The time of day here. Not toLocaleTimeString(): it would start ICU. */
function formatTime(at: Date): string {
  return [at.getHours(), at.getMinutes(), at.getSeconds()].map((part) => String(part).padStart(2, '0')).join(':')
}
