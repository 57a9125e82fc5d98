// What one writes without a tool to read a file of records: a stream, perhaps unpacked, line by line or row by row. Checks nothing.

import { createReadStream } from 'node:fs'
import process from 'node:process'
import { createInterface } from 'node:readline'
import { createGunzip } from 'node:zlib'
import { parse } from 'csv-parse'

const [, , file = ''] = process.argv
const stream = createReadStream(file)
const bytes = file.endsWith('.gz') ? stream.pipe(createGunzip()) : stream

async function* readCsv() {
  yield* bytes.pipe(parse({ columns: true }))
}

async function* readJsonl() {
  for await (const line of createInterface({ input: bytes, crlfDelay: Number.POSITIVE_INFINITY }))
    yield JSON.parse(line)
}

let rows = 0
for await (const row of /\.csv(?:\.gz)?$/.test(file) ? readCsv() : readJsonl()) if (row !== undefined) rows++
console.log(`${rows} rows`)
