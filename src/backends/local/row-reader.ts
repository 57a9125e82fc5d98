import type { CallTiming, RunEvent, TaskResult, UnitRef } from '../../model/events.ts'
import {
  type RecordText,
  type Row,
  type RowEvaluation,
  type RowQuery,
  type RowReader,
  unitName,
} from '../../model/row.ts'
import { readEvents } from './read-events.ts'

const rowTypes: ReadonlySet<string> = new Set(['task-finished', 'evaluation-finished', 'row-finished'])
const recordTypes: ReadonlySet<string> = new Set(['record'])

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

function toRecord(event: RunEvent): RecordText[] {
  if (event.type !== 'record') return []
  const { type: _type, seq: _seq, at: _at, ...record } = event
  return [record]
}

interface OpenRow {
  task?: TaskResult & CallTiming
  readonly evaluations: RowEvaluation[]
}

async function* readRows(eventsFile: string, query: RowQuery): AsyncGenerator<Row, void> {
  const records = createRecordCursor(readRecords(eventsFile), query)
  const open = new Map<string, OpenRow>()
  let wanted = query.units?.size ?? Number.POSITIVE_INFINITY
  if (wanted === 0) return
  try {
    for await (const events of readEvents(eventsFile, { types: rowTypes })) {
      for (const event of events) {
        const finished = collect(event, open, query)
        if (finished === undefined) continue
        const found = await records.find(finished.ref.key)
        if (found === undefined) continue
        yield { ...finished.ref, status: finished.status, ...finished.parts, ...found }
        wanted--
        if (wanted === 0) return
      }
    }
  } finally {
    await records.close()
  }
}

interface FinishedRow {
  readonly ref: UnitRef
  readonly status: Row['status']
  readonly parts: OpenRow
}

/** Takes one event in; returns the row that it finishes. */
function collect(event: RunEvent, open: Map<string, OpenRow>, query: RowQuery): FinishedRow | undefined {
  if (event.type !== 'task-finished' && event.type !== 'evaluation-finished' && event.type !== 'row-finished')
    return undefined
  if (query.iteration !== undefined && event.iteration !== query.iteration) return undefined
  const name = unitName(event)
  if (query.units !== undefined && !query.units.has(name)) return undefined
  const { key, iteration, generation } = event
  const parts = open.get(name) ?? { evaluations: [] }
  if (event.type === 'row-finished') {
    open.delete(name)
    return { ref: { key, iteration, generation }, status: event.status, parts }
  }
  open.set(name, parts)
  if (event.type === 'task-finished') parts.task = event
  else parts.evaluations.push(event)
  return undefined
}

/**
 * Finds records by key while reading the log but once: rows finish in about the order of their records, so only the records
 * between are held. A record that one run's rows have asked for is let go, unless several runs are read together.
 */
function createRecordCursor(batches: AsyncGenerator<readonly RecordText[], void>, query: RowQuery) {
  const wantedKeys =
    query.units === undefined ? undefined : new Set([...query.units].map((name) => name.slice(name.indexOf('/') + 1)))
  const passed = new Map<string, { record: RecordText; position: number }>()
  let position = 0
  return {
    async find(key: string) {
      for (let held = passed.get(key); ; held = passed.get(key)) {
        if (held !== undefined) {
          if (query.iteration !== undefined) passed.delete(key)
          return held
        }
        const next = await batches.next()
        if (next.done === true) return undefined
        for (const record of next.value) {
          if (wantedKeys?.has(record.key) ?? true) passed.set(record.key, { record, position })
          position++
        }
      }
    },
    close: () => batches.return(),
  }
}
