import type { ItemTime, PushItem, RunRef } from '../../model/backend.ts'
import type { LoggedRun } from '../../model/push.ts'
import type { Row, RowEvaluation } from '../../model/row.ts'

/** The time that the item of an event is sent with; undefined where it is not to be sent. */
export type Dating = (seq: number, at: number) => ItemTime | undefined

/** A row and its evaluations. Nothing of a row whose task never came to an end, or that was cancelled. */
export function itemsOfRow(row: Row, run: RunRef, date: Dating): PushItem[] {
  if (row.task === undefined || row.status === 'cancelled' || row.status === 'skipped') return []
  const items: PushItem[] = []
  const rowTime = date(row.seq, row.task.startedAt)
  if (rowTime !== undefined) items.push({ kind: 'row', seq: row.seq, run, time: rowTime, row })
  for (const evaluation of row.evaluations) {
    const { seq, at } = evaluation
    const time = cameToSomething(evaluation) ? date(seq, at) : undefined
    if (time !== undefined) items.push({ kind: 'evaluation', seq, run, time, row, evaluation })
  }
  return items
}

/** What a run came to as a whole, each time it did. */
export function itemsOfRun({ ends }: LoggedRun, run: RunRef, date: Dating): PushItem[] {
  return ends.flatMap(({ seq, at, summaries }): PushItem[] => {
    const time = summaries.length > 0 ? date(seq, at) : undefined
    return time === undefined ? [] : [{ kind: 'summary', seq, run, time, summaries }]
  })
}

function cameToSomething(evaluation: RowEvaluation): boolean {
  return evaluation.status === 'ok' ? evaluation.evaluations.length > 0 : evaluation.status !== 'skipped'
}
