// compare, as whole processes, on two experiments of so many rows: with the index that is kept, and when it has to be made.

import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { measure, median } from './measure.mjs'

const here = fileURLToPath(new URL('.', import.meta.url))
const bin = fileURLToPath(new URL('../../bin/llmobs-exp.js', import.meta.url))
const SECONDS = 3
const MEGABYTES = 300

/**
 * @param {{ rows: number, rounds: number, tell: (line: object) => void, seconds: (value: number) => string, megabytes: (value: number) => string }} bench
 */
export async function benchComparing({ rows, rounds, tell, seconds, megabytes }) {
  const store = mkdtempSync(join(tmpdir(), 'llmobs-exp-bench-comparing-'))
  try {
    for (const right of [80, 78]) await measure(run(store, rows, right))
    const experiments = readdirSync(join(store, 'experiments')).sort()
    const made = await repeat(rounds, () => {
      for (const id of experiments) rmSync(join(store, 'experiments', id, 'scores.jsonl'), { force: true })
      return measure(compare(store, experiments))
    })
    const kept = await repeat(rounds, () => measure(compare(store, experiments)))
    const what = `compare of two experiments with ${rows.toLocaleString('en-US')} rows`
    tell({ what, ours: seconds(kept.seconds), value: kept.seconds / SECONDS, limit: 1, bar: `≤ ${SECONDS} s` })
    tell({
      what: `${what}, peak memory`,
      ours: megabytes(kept.megabytes),
      value: kept.megabytes / MEGABYTES,
      limit: 1,
      bar: `≤ ${MEGABYTES} MB`,
    })
    tell({
      what: `${what}, the first time`,
      ours: seconds(made.seconds),
      value: made.seconds / SECONDS,
      limit: 1,
      bar: `≤ ${SECONDS} s`,
    })
    tell({
      what: `${what}, the first time, peak memory`,
      ours: megabytes(made.megabytes),
      value: made.megabytes / MEGABYTES,
      limit: 1,
      bar: `≤ ${MEGABYTES} MB`,
    })
  } finally {
    rmSync(store, { recursive: true, force: true })
  }
}

/** Medians. */
async function repeat(rounds, once) {
  const measured = []
  for (let round = 0; round < rounds; round++) measured.push(await once())
  return {
    seconds: median(measured.map((one) => one.seconds)),
    megabytes: median(measured.map((one) => one.megabytes)),
  }
}

/** @returns {import('./measure.mjs').Program} */
function run(store, rows, right) {
  return {
    command: process.execPath,
    args: [bin, 'run', join(here, 'compared.ts'), '--store', store],
    env: { BENCH_RECORDS: String(rows), BENCH_RIGHT: String(right) },
    expect: /rows?: [\d,]+ ok/,
  }
}

/** @returns {import('./measure.mjs').Program} */
function compare(store, [baseline, candidate]) {
  return {
    command: process.execPath,
    args: [bin, 'compare', baseline, candidate, '--store', store],
    expect: /exact[^\n]+ {2}regressed/,
  }
}
