import type { FileHandle } from 'node:fs/promises'
import { type Row, unitName } from '../../../model/row.ts'
import { openToRead } from '../open-file.ts'
import { decodeLine } from '../read-event.ts'
import { splitLines } from '../read-events.ts'
import { RowAssembly, rowTypes, toRecord, toRow } from '../row-assembly.ts'
import { createRowReader } from '../row-reader.ts'
import { readError } from '../store-error.ts'
import type { ScoreIndex } from './score-index.ts'

const LINE_FEED = 0x0a
const CHUNK_BYTES = 64 * 1024
/** Rows that stand farther apart than this are looked for. */
const MAX_SPAN = 16 * 1024 * 1024

/**
 * Reads a few rows back from where the index says that they stand.
 *
 * @param wanted indexes of rows in the index
 * @returns by those indexes; a row that does not stand there any more is left out
 * @throws LlmobsExpError `E_STORE_READ`
 */
export async function readIndexedRows(
  eventsFile: string,
  index: ScoreIndex,
  wanted: readonly number[],
): Promise<ReadonlyMap<number, Row>> {
  if (wanted.length === 0) return new Map()
  const isNear = wanted.every((number) => (index.rows.ends[number] ?? 0) - (index.rows.starts[number] ?? 0) < MAX_SPAN)
  if (index.isResumed || !isNear) return searchRows(eventsFile, index, wanted)
  const rows = new Map<number, Row>()
  try {
    const file = await openToRead(eventsFile)
    try {
      for (const number of wanted) {
        const row = await readRow(file, index, number)
        if (row !== undefined) rows.set(number, row)
      }
    } finally {
      await file.close()
    }
  } catch (error) {
    throw readError(eventsFile, error)
  }
  return rows
}

/** Looks through the whole log. */
async function searchRows(eventsFile: string, index: ScoreIndex, wanted: readonly number[]): Promise<Map<number, Row>> {
  const { records, rows } = index
  const numbers = new Map(
    wanted.map((number) => [
      unitName({ key: records.keys[rows.records[number] ?? -1] ?? '', iteration: rows.iterations[number] ?? 0 }),
      number,
    ]),
  )
  const found = new Map<number, Row>()
  for await (const row of createRowReader(eventsFile).rows({ units: new Set(numbers.keys()) })) {
    const number = numbers.get(unitName(row))
    if (number !== undefined) found.set(number, row)
  }
  return found
}

async function readRow(file: FileHandle, index: ScoreIndex, number: number): Promise<Row | undefined> {
  const { records, rows } = index
  const position = rows.records[number]
  const [iteration, start, end] = [rows.iterations[number], rows.starts[number], rows.ends[number]]
  if (position === undefined || iteration === undefined || start === undefined || end === undefined) return undefined
  const key = records.keys[position] ?? ''
  const record = await readRecord(file, records.offsets[position] ?? 0)
  if (record?.key !== key) return undefined
  const assembly = new RowAssembly({ units: new Set([unitName({ key, iteration })]) })
  for (const { bytes } of splitLines(await readBytes(file, start, end - start))) {
    const decoded = decodeLine(bytes)
    if (decoded.status !== 'event' || !rowTypes.has(decoded.event.type)) continue
    const finished = assembly.take(decoded.event)
    if (finished !== undefined) return toRow(finished, { record, position })
  }
  return undefined
}

async function readRecord(file: FileHandle, offset: number) {
  const decoded = decodeLine(await readLine(file, offset))
  return decoded.status === 'event' ? toRecord(decoded.event)[0] : undefined
}

/** The line that begins at an offset, without its line feed. */
async function readLine(file: FileHandle, offset: number): Promise<Buffer> {
  const parts: Buffer[] = []
  for (let position = offset; ; ) {
    const chunk = await readBytes(file, position, CHUNK_BYTES)
    const end = chunk.indexOf(LINE_FEED)
    if (end >= 0 || chunk.length === 0) return Buffer.concat([...parts, chunk.subarray(0, Math.max(end, 0))])
    parts.push(chunk)
    position += chunk.length
  }
}

async function readBytes(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const { buffer, bytesRead } = await file.read(Buffer.allocUnsafe(length), 0, length, position)
  return buffer.subarray(0, bytesRead)
}
