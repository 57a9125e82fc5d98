import type { RecordText, Row, RowQuery, RowReader } from '../../model/row.ts'
import { readEvents } from './read-events.ts'
import { RecordCursor, RowAssembly, recordTypes, rowTypes, toRecord, toRow } from './row-assembly.ts'

/** Puts rows together from one experiment's log. Memory stays at the rows that are out of order, whatever the log's length. */
export function createRowReader(eventsFile: string): RowReader {
  return {
    rows: (query) => readRows(eventsFile, query),
    records: () => readRecords(eventsFile),
  }
}

async function* readRecords(eventsFile: string): AsyncGenerator<readonly RecordText[], void> {
  for await (const events of readEvents(eventsFile, { types: recordTypes })) yield events.flatMap(toRecord)
}

async function* readRows(eventsFile: string, query: RowQuery): AsyncGenerator<Row, void> {
  const batches = readRecords(eventsFile)
  const records = new RecordCursor(async () => (await batches.next()).value ?? undefined, query)
  const assembly = new RowAssembly(query)
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
