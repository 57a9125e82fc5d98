import type { RunOptions } from '../config/options.ts'
import type { ThreadLimits } from './executors/thread-executor.ts'

/** So many threads are never exceeded unasked: each has a heap of its own. */
const MOST = 16

/** How many threads an experiment gets. More than calls at once would have nothing to do. */
export function threadLimits({
  threads,
  jobs,
  evalJobs = 0,
}: Pick<RunOptions, 'threads' | 'jobs' | 'evalJobs'>): ThreadLimits {
  const calls = jobs + evalJobs
  if (threads === 'auto') return { atOnce: 1, atMost: Math.min(calls, MOST) }
  const count = Math.max(Math.min(threads, calls), 1)
  return { atOnce: count, atMost: count }
}
