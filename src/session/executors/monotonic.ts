import { hrtime } from 'node:process'

// performance.now() starts at 0 in every thread; the system's monotonic clock is one for all of them.
// Taken before user code is loaded, which may replace it: test libraries do.
const now = performance.now.bind(performance)
const [seconds, nanoseconds] = hrtime()
const offset = seconds * 1_000 + nanoseconds / 1e6 - now()

/** Milliseconds on the system's monotonic clock, comparable between threads of this process. */
export function monotonicNow(): number {
  return now() + offset
}
