import { stringifyJson } from '../model/json.ts'
import type { PlainRow } from './rows.ts'

type Cell = string | number | boolean | null

/** A row as cells; see `TableRow` of the public types. */
export type PlainTableRow = { readonly [column: string]: Cell }

/**
 * A row as flat cells.
 * @param labels what evaluators gave anywhere: every row has all of them
 */
export function toTableRow(row: PlainRow, labels: readonly string[]): PlainTableRow {
  const head = {
    experiment: row.experiment,
    recordId: row.recordId,
    runIteration: row.runIteration,
    status: row.status,
    input: toCell(row.input),
    output: toCell(row.output),
    expectedOutput: toCell(row.expectedOutput),
    error: describeErrors(row),
    durationMs: row.durationMs ?? null,
  }
  const evaluations = labels.map(
    (label) => [Object.hasOwn(head, label) ? `evaluations.${label}` : label, toCell(row.evaluations[label])] as const,
  )
  return { ...head, ...Object.fromEntries(evaluations) }
}

function toCell(value: unknown): Cell {
  if (value === undefined || value === null) return null
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value
  return stringifyJson(value)
}

function describeErrors({ error, evaluatorErrors }: PlainRow): string | null {
  const messages = [
    ...(error === undefined ? [] : [error.message]),
    ...Object.entries(evaluatorErrors).map(([evaluator, { message }]) => `${evaluator}: ${message}`),
  ]
  return messages.length === 0 ? null : messages.join('; ')
}
