import { hrtime } from 'node:process'

// performance.now() starts at 0 in every thread; the system's monotonic clock is one for all of them.
const [seconds, nanoseconds] = hrtime()
const offset = seconds * 1_000 + nanoseconds / 1e6 - performance.now()

/** Milliseconds on the system's monotonic clock, comparable between threads of this process. */
export function monotonicNow(): number {
  return performance.now() + offset
}
