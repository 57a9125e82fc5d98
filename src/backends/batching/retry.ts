/** Bounds of the delay before a backend is asked again, in milliseconds. */
const FIRST_DELAY = 500
const LONGEST_DELAY = 30_000
/** After so many failures in a row it is asked once in so many milliseconds, and at times a little later. */
const BREAKING_FAILURES = 5
const BREAK = 30_000
const LONGEST_BREAK = 33_000
/** A backend's advice is followed up to here, and a little longer: not all who got it are to come back in one moment. */
const LONGEST_ADVICE = 5 * 60_000
const SPREAD = 500

/** How long to wait after so many failures in a row, from 1: full jitter, drawn anew each time. */
export function retryDelay(failures: number, random: () => number): number {
  if (failures >= BREAKING_FAILURES) return BREAK + random() * (LONGEST_BREAK - BREAK)
  return random() * Math.min(LONGEST_DELAY, FIRST_DELAY * 2 ** (failures - 1))
}

/** How long a backend asks to be left alone; 0 where it gives no advice, or none that can be followed. */
export function advisedDelay(retryAfterMs: number | undefined, random: () => number): number {
  if (retryAfterMs === undefined || !(retryAfterMs > 0)) return 0
  return Math.min(retryAfterMs, LONGEST_ADVICE) + random() * SPREAD
}
