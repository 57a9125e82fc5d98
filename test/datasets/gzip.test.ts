import { once } from 'node:events'
import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { createGzip, gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { json } from '../../src/datasets/json.ts'
import { jsonl } from '../../src/datasets/jsonl.ts'
import { openDataset } from '../../src/datasets/open-dataset.ts'
import { datasetSourceContract } from '../contracts/dataset-source.ts'
import { failureOf, openOptions, problemsOf, readItems } from './read-all.ts'
import { tempFile, tempFolder } from './temp-folder.ts'

const MEGABYTE = 1024 * 1024
/** A megabyte of these is packed into a few kilobytes. */
const record = `${JSON.stringify({ input: 'x'.repeat(1011) })}\n`
const RECORDS_A_MEGABYTE = MEGABYTE / record.length

datasetSourceContract('jsonl.gz', async (items) => {
  const text = items.map((item) => `${JSON.stringify(item)}\n`).join('')
  return jsonl(await tempFile('records.jsonl.gz', gzipSync(text)))
})
datasetSourceContract('json.gz', async (items) =>
  json(await tempFile('records.json.gz', gzipSync(JSON.stringify(items)))),
)

async function readJsonl(content: Uint8Array, options = {}, name = 'records.jsonl.gz') {
  return readItems(openDataset(jsonl(await tempFile(name, content), options)).source)
}

describe('a file that is packed with gzip', () => {
  it('is known by its first bytes, whatever it is called', async () => {
    const content = '{"input":1}\n{"input":2}\n'
    expect(await readJsonl(gzipSync(content), {}, 'records.jsonl')).toHaveLength(2)
    expect(await readJsonl(Buffer.from(content), {}, 'records.jsonl.gz')).toHaveLength(2)
  })

  it('may be made of several, as `cat a.gz b.gz` makes it', async () => {
    const content = Buffer.concat([gzipSync('{"input":1}\n{"in'), gzipSync('put":2}\n')])
    expect(await readJsonl(content)).toMatchObject([{ line: 1 }, { line: 2, record: { input: 2 } }])
  })

  it('D2 has its bad lines named as any other', async () => {
    const lines = Array.from({ length: 100 }, (_, input) => JSON.stringify({ input }))
    const items = await readJsonl(gzipSync(`\ufeff${lines.with(56, '{"input":56,}').join('\r\n')}`))
    expect(items).toHaveLength(100)
    expect(problemsOf(items)).toMatchObject([{ line: 57, column: 13 }])
  })

  it('D2 is refused when what is in it is UTF-16', async () => {
    const failure = await failureOf(readJsonl(gzipSync(Buffer.from('\ufeff{"input":1}\n', 'utf16le'))))
    expect(failure.message).toMatch(/:1:1: expected UTF-8 text, got UTF-16 \(little endian\)$/)
  })

  it('gives what can be read of it before it says that the rest is cut off', async () => {
    const whole = gzipSync(Array.from({ length: 20_000 }, (_, input) => `{"input":${Math.sin(input)}}\n`).join(''))
    const file = await tempFile('records.jsonl.gz', whole.subarray(0, whole.length - 20))
    let records = 0
    const reading = async () => {
      for await (const batch of openDataset(jsonl(file)).source.read(openOptions())) records += batch.length
    }
    const failure = await failureOf(reading())
    expect(failure).toMatchObject({ code: 'E_DATASET_FILE', location: { file } })
    expect(failure.message).toBe(`jsonl ${file}: expected a whole gzip file, got one that is cut off`)
    expect(records).toBeGreaterThan(1_000)
  })

  it('is refused when it is damaged', async () => {
    const damaged = gzipSync('{"input":1}\n'.repeat(100))
    damaged[damaged.length - 8] = (damaged[damaged.length - 8] ?? 0) ^ 0xff
    const failure = await failureOf(readJsonl(damaged))
    expect(failure.code).toBe('E_DATASET_FILE')
    expect(failure.message).toMatch(/expected a whole gzip file, got a damaged one \(incorrect data check\)$/)
  })

  it('D12 is refused when it becomes more than 100 times its size, long before it has filled anything', async () => {
    const bomb = gzipSync(record.repeat(100 * RECORDS_A_MEGABYTE))
    const failure = await failureOf(readJsonl(bomb))
    expect(failure.code).toBe('E_DATASET_FILE')
    const [, unpacked = ''] =
      /at most 100 times its size .* got (\d+) bytes out of the first \d+$/.exec(failure.message) ?? []
    expect(Number(unpacked)).toBeLessThan(65 * MEGABYTE)
    expect(failure.hint).toContain('maxUnpackedBytes')
  })

  it('D12 is read in spite of that when its dataset says how much it may become', async () => {
    const lines = 70 * RECORDS_A_MEGABYTE
    const bomb = gzipSync(record.repeat(lines))
    let records = 0
    const source = openDataset(
      jsonl(await tempFile('bomb.jsonl.gz', bomb), { maxUnpackedBytes: 100 * MEGABYTE }),
    ).source
    for await (const batch of source.read(openOptions())) records += batch.length
    expect(records).toBe(lines)
  })

  it('D12 is refused when it becomes more than its dataset says', async () => {
    const failure = await failureOf(readJsonl(gzipSync('{"input":1}\n'.repeat(1_000)), { maxUnpackedBytes: 10_000 }))
    expect(failure.code).toBe('E_DATASET_FILE')
    expect(failure.message).toMatch(/expected at most 10000 bytes when it is unpacked, got more$/)
  })

  it('is held in memory no further than a few batches', async () => {
    const file = join(await tempFolder(), 'large.jsonl.gz')
    const handle = await open(file, 'w')
    const gzip = createGzip({ level: 1 })
    const written = handle.createWriteStream()
    gzip.pipe(written)
    for (let input = 0; input < 1_000_000; input += 10_000) {
      gzip.write(Array.from({ length: 10_000 }, (_, index) => `{"input":${input + index}}\n`).join(''))
    }
    gzip.end()
    await once(written, 'close')
    let records = 0
    let largest = 0
    for await (const batch of openDataset(jsonl(file)).source.read(openOptions())) {
      records += batch.length
      largest = Math.max(largest, batch.length)
    }
    expect(records).toBe(1_000_000)
    expect(largest).toBeLessThan(30_000)
  }, 60_000)
})
