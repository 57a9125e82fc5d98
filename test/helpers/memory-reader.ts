import type { CallTiming, RunEvent, TaskResult } from '../../src/model/events.ts'
import { type RecordText, type Row, type RowEvaluation, type RowReader, unitName } from '../../src/model/row.ts'

/** Reads rows back from events that are held in memory, with the simplest code there is. */
export function memoryReader(written: readonly RunEvent[]): RowReader {
  const recordsOf = (): RecordText[] =>
    written.flatMap((event) => {
      if (event.type !== 'record') return []
      const { type: _type, seq: _seq, at: _at, ...record } = event
      return [record]
    })
  return {
    async *records() {
      yield recordsOf()
    },
    async *rows({ iteration, units }) {
      const records = recordsOf()
      for (const event of [...written]) {
        if (event.type !== 'row-finished') continue
        if (iteration !== undefined && event.iteration !== iteration) continue
        if (units !== undefined && !units.has(unitName(event))) continue
        const row = rowOf(event, written, records)
        if (row !== undefined) yield row
      }
    },
  }
}

function rowOf(
  finished: Extract<RunEvent, { type: 'row-finished' }>,
  written: readonly RunEvent[],
  records: readonly RecordText[],
): Row | undefined {
  const { key, iteration, generation, status, seq, at } = finished
  const position = records.findIndex((record) => record.key === key)
  const record = records[position]
  if (record === undefined) return undefined
  let task: (TaskResult & CallTiming) | undefined
  const evaluations: RowEvaluation[] = []
  for (const event of written) {
    if (event.type !== 'task-finished' && event.type !== 'evaluation-finished') continue
    if (event.key !== key || event.iteration !== iteration) continue
    if (event.type === 'task-finished') task = event
    else evaluations.push(event)
  }
  return {
    key,
    iteration,
    generation,
    seq,
    at,
    position,
    status,
    record,
    evaluations,
    ...(task === undefined ? {} : { task }),
  }
}
