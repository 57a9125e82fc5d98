import { hrtime } from 'node:process'

// performance.now() starts at 0 in every thread, and brings all of node:perf_hooks along; this clock is one for all threads.
// Taken before user code is loaded, which may replace it: test libraries do.
const read = hrtime

/** Milliseconds on the system's monotonic clock, comparable between threads of this process. */
export function monotonicNow(): number {
  const [seconds, nanoseconds] = read()
  return seconds * 1_000 + nanoseconds / 1e6
}
