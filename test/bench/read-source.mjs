// Reads a file of records to its end, as the tool does before the first task: in batches, one row checked after the other.

import process from 'node:process'
import { csv, jsonl, openSource } from '../../dist/index.js'

const [, , file = ''] = process.argv
const dataset = /\.csv(?:\.gz)?$/.test(file)
  ? csv(file, { columns: { input: ['question', 'context'], expectedOutput: 'answer' } })
  : jsonl(file)

let rows = 0
for await (const items of dataset[openSource].read({ baseFolder: '.', signal: new AbortController().signal })) {
  for (const { status } of items) if (status === 'record') rows++
}
console.log(`${rows} rows`)
