import type { PushedPart } from '../../model/backend.ts'
import type { LoggedRun } from '../../model/push.ts'
import type { Row, RowEvaluation } from '../../model/row.ts'

/** What one event of the log came to, with the position and the time it has there. */
export type LoggedItem = PushedPart & { readonly seq: number; readonly at: number }

/** A row and its evaluations. Nothing of a row whose task never came to an end, or that was cancelled. */
export function itemsOfRow(row: Row): LoggedItem[] {
  if (row.task === undefined || row.status === 'cancelled' || row.status === 'skipped') return []
  return [
    { kind: 'row', row, seq: row.seq, at: row.task.startedAt },
    ...row.evaluations.filter(cameToSomething).map((evaluation): LoggedItem => {
      const { seq, at } = evaluation
      return { kind: 'evaluation', row, evaluation, seq, at }
    }),
  ]
}

/** What a run came to as a whole, each time. */
export function itemsOfRun({ ends }: LoggedRun): LoggedItem[] {
  return ends.filter(({ summaries }) => summaries.length > 0).map((end) => ({ kind: 'summary', ...end }))
}

function cameToSomething(evaluation: RowEvaluation): boolean {
  return evaluation.status === 'ok' ? evaluation.evaluations.length > 0 : evaluation.status !== 'skipped'
}
