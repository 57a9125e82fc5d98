import type { RecordText, Row, RowQuery, RowReader } from '../../model/row.ts'
import { readEvents } from './read-events.ts'
import { findRedone, type Redone } from './redone.ts'
import { RecordCursor, RowAssembly, recordTypes, rowTypes, toRecord, toRow } from './row-assembly.ts'

export interface RowReaderOptions {
  /** Whether the log is known never to have been resumed: then nothing of it is looked for that does not count any more. */
  readonly isFresh?: boolean
}

/** Puts rows together from one experiment's log. Memory stays at the rows that are out of order, whatever the log's length. */
export function createRowReader(eventsFile: string, { isFresh = false }: RowReaderOptions = {}): RowReader {
  // Looked for anew each time: the log may still grow.
  const find = (): Promise<Redone | undefined> => (isFresh ? Promise.resolve(undefined) : findRedone(eventsFile))
  return {
    rows: (query) => readRows(eventsFile, query, find),
    records: () => readRecords(eventsFile, find),
  }
}

type FindRedone = () => Promise<Redone | undefined>

async function* readRecords(eventsFile: string, find: FindRedone): AsyncGenerator<readonly RecordText[], void> {
  const redone = await find()
  for await (const events of readEvents(eventsFile, { types: recordTypes })) {
    const current = redone === undefined ? events : events.filter((event) => !redone.isVoid(event))
    yield current.flatMap(toRecord)
  }
}

async function* readRows(eventsFile: string, query: RowQuery, find: FindRedone): AsyncGenerator<Row, void> {
  const redone = await find()
  const batches = readRecords(eventsFile, () => Promise.resolve(redone))
  const records = new RecordCursor(async () => (await batches.next()).value ?? undefined, query)
  const assembly = new RowAssembly(query, redone)
  let wanted = query.units?.size ?? Number.POSITIVE_INFINITY
  if (wanted === 0) return
  try {
    for await (const events of readEvents(eventsFile, { types: rowTypes })) {
      for (const event of events) {
        const finished = assembly.take(event)
        const found = finished === undefined ? undefined : await records.find(finished.end.key)
        if (finished === undefined || found === undefined) continue
        yield toRow(finished, found)
        wanted--
        if (wanted === 0) return
      }
    }
  } finally {
    await batches.return()
  }
}
