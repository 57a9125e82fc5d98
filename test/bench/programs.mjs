// The programs that are compared, each on a workload.

import { existsSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'

const here = fileURLToPath(new URL('.', import.meta.url))
const speedTestFile = fileURLToPath(new URL('../../experiments/speed-test.ts', import.meta.url))
const bin = fileURLToPath(new URL('../../bin/llmobs-exp.js', import.meta.url))

/** @typedef {{ records: number, jobs?: number, delay?: number, tail?: boolean, bytes?: number, runs?: number }} Work */

const environment = ({ records, jobs = 10, delay = 0, tail = false, bytes = 0 }) => ({
  BENCH_RECORDS: String(records),
  BENCH_JOBS: String(jobs),
  BENCH_DELAY: String(delay),
  BENCH_TAIL: tail ? '1' : '0',
  BENCH_BYTES: String(bytes),
  BENCH_OUTPUT: '{folder}/rows.jsonl',
})

/** The built command line, as a user runs it; everything is written to its store. @param {Work} work */
export function llmobsExp(work) {
  const { records, jobs = 10, runs = 1 } = work
  const rows = records.toLocaleString('en-US')
  const args = [
    bin,
    'run',
    join(here, 'experiment.ts'),
    '--jobs',
    String(jobs),
    '--runs',
    String(runs),
    '--store',
    '{folder}',
  ]
  return { command: process.execPath, args, env: environment(work), expect: new RegExp(`${rows} rows?: ${rows} ok`) }
}

/**
 * A variant of the experiment speed-test, three runs of so many records.
 * @param {{ variant: 'waiting' | 'blocking' | 'computing', records: number, jobs: number, threads?: number, milliseconds?: number }} work
 */
export function speedTest({ variant, records, jobs, threads, milliseconds = 20 }) {
  const counts = ['--jobs', String(jobs), ...(threads === undefined ? [] : ['--threads', String(threads)])]
  const length = milliseconds === 20 ? [] : ['--config', `milliseconds=${milliseconds}`]
  const what = ['--only', `speed-test/${variant}`, '-n', String(records), ...length]
  const args = [bin, 'run', speedTestFile, ...what, ...counts, '--store', '{folder}']
  return { command: process.execPath, args, expect: new RegExp(`${records} rows?: ${records} ok`) }
}

/** The script by hand. @param {Work} work */
export function byHand(work) {
  const args = [join(here, 'by-hand', 'pool.mjs')]
  return { command: process.execPath, args, env: environment(work), expect: new RegExp(`^${work.records} ok, 0 error`) }
}

export const help = { command: process.execPath, args: [bin, '--help'], expect: /Usage: llmobs-exp/ }

export const bareNode = { command: process.execPath, args: ['-e', '0'] }

/** Where Braintrust is installed, if it is. */
const braintrustFolder = process.env.BENCH_BRAINTRUST

/** Braintrust on the same work; it keeps nothing. Undefined when it is not installed. @param {Work} work */
export function braintrust(work) {
  if (braintrustFolder === undefined) return undefined
  const command = join(braintrustFolder, 'node_modules', '.bin', 'braintrust')
  if (!existsSync(command)) throw new Error(`BENCH_BRAINTRUST: there is no ${command}`)
  const file = join(braintrustFolder, 'llmobs-exp-bench.eval.ts')
  writeFileSync(file, braintrustModule)
  process.once('exit', () => rmSync(file, { force: true }))
  return {
    command,
    args: ['eval', '--no-send-logs', file],
    cwd: braintrustFolder,
    env: environment(work),
    expect: /exact +100\.00%/,
  }
}

const braintrustModule = `import { Eval } from 'braintrust'
import { evaluators, makeRecords, task, workload } from ${JSON.stringify(join(here, 'workload.mjs'))}

Eval('bench', {
  data: () => Array.from(makeRecords(), ({ input, expectedOutput }) => ({ input, expected: expectedOutput })),
  task,
  scores: [
    ({ output, expected }) => ({ name: 'exact', score: Number(evaluators.exact({ output, expectedOutput: expected })) }),
    ({ output }) => ({ name: 'length', score: Math.min(evaluators.length({ output }) / 1e6, 1) }),
  ],
  maxConcurrency: workload.jobs,
})
`
