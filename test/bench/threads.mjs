// What jobs and threads are worth: the experiment speed-test, of 1,002 units, beside itself with one job or one thread.

import { compare } from './measure.mjs'
import { speedTest } from './programs.mjs'

/**
 * @param {{ size: (full: number, quick: number) => number, tell: (line: object) => void, seconds: (value: number) => string }} tools
 */
export function benchThreads({ size, tell, seconds }) {
  const records = size(334, 10)
  const units = `${(3 * records).toLocaleString('en-US')} units`
  const run = (variant, options) => speedTest({ variant, records, ...options })
  const tellBoth = (what, faster, slower, least) =>
    tell({
      what: `${units}, ${what}`,
      ours: seconds(faster.seconds),
      other: seconds(slower.seconds),
      value: faster.seconds / slower.seconds,
      limit: 1 / least,
      bar: `≤ 1 / ${least}`,
    })

  return {
    'threads-waiting': async () => {
      // Longer than the others: with 20 ms the start of the process alone would be a seventh of the faster one.
      const length = { milliseconds: 50 }
      const { one, ten } = await compare(
        { one: run('waiting', { jobs: 1, ...length }), ten: run('waiting', { jobs: 10, ...length }) },
        1,
      )
      tellBoth('50 ms of waiting, jobs 10 beside jobs 1', ten, one, 9)
    },
    'threads-blocking': async () => {
      const { one } = await compare({ one: run('blocking', { jobs: 1 }) }, 1)
      const { ten, unasked } = await compare(
        { ten: run('blocking', { jobs: 10, threads: 10 }), unasked: run('blocking', { jobs: 10 }) },
        size(3, 1),
      )
      tellBoth('20 ms of blocking, jobs 10 and threads 10 beside jobs 1', ten, one, 6)
      tellBoth('20 ms of blocking, jobs 10 and default threads beside jobs 1', unasked, one, 3)
    },
    'threads-computing': async () => {
      const { one, two } = await compare(
        {
          one: run('computing', { jobs: 10, threads: 1 }),
          two: run('computing', { jobs: 10, threads: 2 }),
        },
        size(3, 1),
      )
      tellBoth('an evaluator that computes, threads 2 beside threads 1', two, one, 1.6)
    },
  }
}
