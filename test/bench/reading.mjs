// Reading files of records, alone: how long it takes, and that memory does not grow with the file.

import { once } from 'node:events'
import { createWriteStream, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { createGzip } from 'node:zlib'
import { compare } from './measure.mjs'

const here = fileURLToPath(new URL('.', import.meta.url))
const kinds = ['csv', 'csv.gz', 'jsonl', 'jsonl.gz']
const BLOCK = 1_000

/**
 * @param {{ few: number, many: number, rounds: number, tell: (line: object) => void, seconds: (value: number) => string, megabytes: (value: number) => string }} bench
 */
export async function benchReading({ few, many, rounds, tell, seconds, megabytes }) {
  const folder = mkdtempSync(join(tmpdir(), 'llmobs-exp-bench-reading-'))
  try {
    for (const kind of kinds) {
      const files = { few: await write(folder, kind, few), many: await write(folder, kind, many) }
      const { short, long, hand } = await compare(
        {
          short: reads(files.few, few),
          long: reads(files.many, many),
          hand: reads(files.many, many, 'by-hand/read.mjs'),
        },
        rounds,
      )
      const what = `reading ${many.toLocaleString('en-US')} rows of .${kind}`
      tell({
        what,
        ours: seconds(long.seconds),
        other: `by hand: ${seconds(hand.seconds)}`,
        value: long.seconds / hand.seconds,
      })
      tell({
        what: `${what}, peak memory beside ${few.toLocaleString('en-US')}`,
        ours: `${megabytes(long.megabytes)} (by hand: ${megabytes(hand.megabytes)})`,
        other: megabytes(short.megabytes),
        value: long.megabytes / short.megabytes,
        limit: 1.25,
        bar: '≤ 1.25 (flat)',
      })
      rmSync(files.few)
      rmSync(files.many)
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** @returns {import('./measure.mjs').Program} */
function reads(file, rows, script = 'read-source.mjs') {
  return { command: process.execPath, args: [join(here, script), file], expect: new RegExp(`^${rows} rows$`, 'm') }
}

/** Writes so many rows of a few hundred bytes; a tenth of them have quotes and line breaks in them. */
async function write(folder, kind, rows) {
  const file = join(folder, `${rows}.${kind}`)
  const written = createWriteStream(file)
  const packed = kind.endsWith('.gz') ? createGzip({ level: 1 }) : undefined
  packed?.pipe(written)
  const stream = packed ?? written
  const toText = kind.startsWith('csv') ? toRow : (record) => `${JSON.stringify(record)}\n`
  if (kind.startsWith('csv')) stream.write('id,question,context,answer,topic\n')
  for (let start = 0; start < rows; start += BLOCK) {
    const length = Math.min(BLOCK, rows - start)
    const text = Array.from({ length }, (_, index) => toText(makeRecord(start + index))).join('')
    if (!stream.write(text)) await once(stream, 'drain')
  }
  stream.end()
  await once(written, 'close')
  return file
}

function makeRecord(index) {
  const lineBreak = index % 10 === 0 ? '\n"quoted", ' : ' '
  return {
    id: `r${index}`,
    input: {
      question: `question ${index} with some words in it, as people ask them`,
      context: `a context${lineBreak}of a line or two that is looked at by the model, number ${(index * 2_654_435_761) % 2 ** 32}`,
    },
    expectedOutput: `answer ${index}`,
    metadata: { topic: `topic ${index % 50}` },
  }
}

function toRow({ id, input: { question, context }, expectedOutput, metadata: { topic } }) {
  const cells = [id, question, context, expectedOutput, topic]
  return `${cells.map((cell) => (/[",\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)).join()}\n`
}
