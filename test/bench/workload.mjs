// What every program under the bench works on: the same records, the same task, the same two evaluators. Read from the environment.

import process from 'node:process'
import { setTimeout as sleep } from 'node:timers/promises'

/** @typedef {{ records: number, delay: number, tail: boolean, bytes: number, jobs: number, output: string }} Workload */

/** @type {Workload} */
export const workload = {
  records: Number(process.env.BENCH_RECORDS ?? 1),
  /** Milliseconds that a task sleeps. */
  delay: Number(process.env.BENCH_DELAY ?? 0),
  /** Whether most tasks sleep for less than `delay`, and a few for far longer. */
  tail: process.env.BENCH_TAIL === '1',
  /** Length of an output; 0 for a short one. */
  bytes: Number(process.env.BENCH_BYTES ?? 0),
  /** For programs that take it from here. */
  jobs: Number(process.env.BENCH_JOBS ?? 10),
  /** File that a script by hand writes to. */
  output: process.env.BENCH_OUTPUT ?? '',
}

/** Records come one by one: a million of them as an array would be most of the memory that is measured. */
export function* makeRecords() {
  for (let index = 0; index < workload.records; index++) {
    yield { input: { question: `question ${index}`, index }, expectedOutput: `answer ${index}` }
  }
}

export const dataset = { [Symbol.iterator]: makeRecords }

/** @param {{ index: number }} input */
export async function task({ index }) {
  const delay = workload.tail ? tailDelay(index) : workload.delay
  if (delay > 0) await sleep(delay)
  return workload.bytes === 0 ? `answer ${index}` : `answer ${index} `.padEnd(workload.bytes, 'text of a model, ')
}

/**
 * A Pareto distribution (shape 1.5, from a third of `delay`, cut at 20 × `delay`): mean near `delay`, with a long tail. The same for
 * everyone.
 * @param {number} index
 */
function tailDelay(index) {
  const uniform = (Math.imul(index + 1, 2_654_435_761) >>> 0) / 2 ** 32
  return Math.min(workload.delay / 3 / (1 - uniform) ** (1 / 1.5), workload.delay * 20)
}

export const evaluators = {
  /** @param {{ output: string, expectedOutput: string }} row */
  exact: ({ output, expectedOutput }) => output.startsWith(expectedOutput),
  /** @param {{ output: string }} row */
  length: ({ output }) => output.length,
}
