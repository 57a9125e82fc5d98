import { sanitizeLine } from '../../terminal/sanitize.ts'
import { displayWidth, truncate } from '../../terminal/width.ts'
import { formatCount, formatNumber } from './number.ts'
import { renderBar } from './progress.ts'
import type { Style } from './style.ts'

/** Events of one experiment. */
export interface PushedSoFar {
  readonly accepted: number
  readonly rejected: number
  readonly total: number
}

export interface PushHead {
  readonly place: string
  /** How many are to be pushed. */
  readonly experiments: number
}

const SPINNER_COLUMNS = 2

/** @example '━━━━━━──────  1,200/5,000 events to datadoghq.com, 2 of 3 experiments' */
export function renderPushProgress(
  parts: readonly PushedSoFar[],
  { place, experiments }: PushHead,
  { colors, columns }: Style,
): string {
  const done = parts.reduce((sum, { accepted, rejected }) => sum + accepted + rejected, 0)
  const total = parts.reduce((sum, part) => sum + part.total, 0)
  const counted = `${formatNumber(done)}/${formatCount(total, 'event')} to ${sanitizeLine(place)}`
  const of = experiments === 1 ? '' : `, ${formatNumber(parts.length)} of ${formatCount(experiments, 'experiment')}`
  // One column stays free: some terminals wrap when the last one is filled.
  const width = Math.max(columns - 1 - SPINNER_COLUMNS, 1)
  const line = `${renderBar(done, total, colors)}${counted}${of}`
  return displayWidth(line) <= width ? line : truncate(`${counted}${of}`, width)
}
