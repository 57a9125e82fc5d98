// The script somebody writes who has no runner: a pool of promises, and a line of JSON for each row, written when it is there.

import { closeSync, fdatasyncSync, openSync, writeSync } from 'node:fs'
import { evaluators, makeRecords, task, workload } from '../workload.mjs'

const file = openSync(workload.output, 'w')
const rows = { ok: 0, error: 0 }
let passed = 0
let lengths = 0

async function runRow({ input, expectedOutput }) {
  const startedAt = Date.now()
  try {
    const output = await task(input)
    const row = { input, output, expectedOutput }
    const [exact, length] = await Promise.all([evaluators.exact(row), evaluators.length(row)])
    if (exact) passed++
    lengths += length
    rows.ok++
    write({ ...row, exact, length, startedAt, durationMs: Date.now() - startedAt })
  } catch (error) {
    rows.error++
    write({ input, error: String(error), startedAt })
  }
}

function write(row) {
  writeSync(file, `${JSON.stringify(row)}\n`)
}

/** Takes the next record as long as there is one. */
async function work(records) {
  for (let next = records.next(); !next.done; next = records.next()) await runRow(next.value)
}

const records = makeRecords()
await Promise.all(Array.from({ length: workload.jobs }, () => work(records)))
fdatasyncSync(file)
closeSync(file)
console.log(`${rows.ok} ok, ${rows.error} error, exact ${passed / rows.ok}, length ${lengths / rows.ok}`)
