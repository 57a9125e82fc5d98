import { formatNumber } from './number.ts'

const SECOND = 1000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE

/**
 * Milliseconds for people.
 * @example formatDuration(1240) // '1.24 s'
 * @example formatDuration(72_000) // '1 min 12 s'
 */
export function formatDuration(milliseconds: number): string {
  if (!Number.isFinite(milliseconds)) return '?'
  if (milliseconds < 9.95) return `${milliseconds.toFixed(1)} ms`
  if (milliseconds < 999.5) return `${Math.round(milliseconds)} ms`
  if (milliseconds < 9.995 * SECOND) return `${(milliseconds / SECOND).toFixed(2)} s`
  if (milliseconds < 59.95 * SECOND) return `${(milliseconds / SECOND).toFixed(1)} s`
  return formatLong(Math.round(milliseconds / SECOND) * SECOND)
}

/** Whole seconds, for what changes while one looks at it. @example formatClock(12_400) // '12 s' */
export function formatClock(milliseconds: number): string {
  if (!Number.isFinite(milliseconds)) return '?'
  const rounded = Math.round(milliseconds / SECOND) * SECOND
  return rounded < MINUTE ? `${rounded / SECOND} s` : formatLong(rounded)
}

/** Rows in a second. */
export function formatThroughput(rows: number, milliseconds: number): string {
  if (rows === 0 || milliseconds <= 0) return '– rows/s'
  const rate = (rows / milliseconds) * SECOND
  return `${formatNumber(rate >= 1000 ? Math.round(rate) : Number(rate.toPrecision(3)))} rows/s`
}

function formatLong(milliseconds: number): string {
  const seconds = Math.floor((milliseconds % MINUTE) / SECOND)
  const minutes = Math.floor((milliseconds % HOUR) / MINUTE)
  const hours = Math.floor(milliseconds / HOUR)
  return hours > 0 ? `${formatNumber(hours)} h ${pad(minutes)} min` : `${minutes} min ${pad(seconds)} s`
}

function pad(value: number): string {
  return String(value).padStart(2, '0')
}
