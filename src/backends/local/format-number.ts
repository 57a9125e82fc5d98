// Times are most of what a log line has to be made of. Number formatting of the language finds the shortest digits for a double,
// which costs more than the rest of the line; all of these have three decimals at the most.

const THREE_DIGITS: readonly string[] = Array.from({ length: 1000 }, (_, number) => String(number).padStart(3, '0'))

let lastSecond = -1
let lastSecondDigits = ''

/** Epoch milliseconds, to the microsecond. */
export function formatEpoch(milliseconds: number): string {
  const microseconds = Math.round(milliseconds * 1000)
  const second = Math.floor(microseconds / 1_000_000)
  if (second <= 0) return formatDuration(milliseconds)
  if (second !== lastSecond) {
    lastSecond = second
    lastSecondDigits = String(second)
  }
  const rest = microseconds - second * 1_000_000
  const thousands = Math.trunc(rest / 1000)
  return `${lastSecondDigits}${THREE_DIGITS[thousands]}.${THREE_DIGITS[rest - thousands * 1000]}`
}

/** Milliseconds, to the microsecond. */
export function formatDuration(milliseconds: number): string {
  const microseconds = Math.round(milliseconds * 1000)
  if (microseconds === 0) return '0'
  if (microseconds < 0 || microseconds > 2_000_000_000) return String(microseconds / 1000)
  const whole = Math.trunc(microseconds / 1000)
  return `${whole}.${THREE_DIGITS[microseconds - whole * 1000]}`
}
