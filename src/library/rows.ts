import type { ErrorInfo } from '../model/errors.ts'
import type { LabelledEvaluation } from '../model/evaluation.ts'
import { type Json, parseJson } from '../model/json.ts'
import type { Row } from '../model/row.ts'
import type { EvaluationDetails } from './result.ts'

/** A row with its values parsed; see `ResultRow` of the public types. */
export interface PlainRow {
  readonly experiment: string
  readonly recordId: string
  readonly runIteration: number
  readonly status: Row['status']
  readonly input: unknown
  readonly output: unknown
  readonly expectedOutput: unknown
  readonly metadata: unknown
  readonly tags: readonly string[]
  readonly evaluations: { readonly [label: string]: unknown }
  readonly details: { readonly [label: string]: EvaluationDetails }
  readonly evaluatorErrors: { readonly [evaluator: string]: ErrorInfo }
  readonly error?: ErrorInfo
  readonly durationMs?: number
}

export function toPlainRow(experiment: string, row: Row): PlainRow {
  const { record, task } = row
  const values = row.evaluations.flatMap((result) => (result.status === 'ok' ? result.evaluations : []))
  const failed = row.evaluations.flatMap((result) =>
    result.status === 'error' || result.status === 'timeout' ? [[result.evaluator, result.error] as const] : [],
  )
  return {
    experiment,
    recordId: row.key,
    runIteration: row.iteration,
    status: row.status,
    input: parseJson(record.input),
    output: task?.status === 'ok' ? parseJson(task.output) : undefined,
    expectedOutput: parse(record.expectedOutput),
    metadata: parse(record.metadata),
    tags: record.tags ?? [],
    evaluations: Object.fromEntries(values.map((value) => [value.label, readValue(value)])),
    details: Object.fromEntries(values.flatMap(detailsOf)),
    evaluatorErrors: Object.fromEntries(failed),
    ...(task === undefined || task.status === 'ok' ? {} : { error: task.error }),
    ...(task === undefined ? {} : { durationMs: task.durationMs }),
  }
}

function readValue(evaluation: LabelledEvaluation): unknown {
  return evaluation.type === 'json' ? parseJson(evaluation.value) : evaluation.value
}

function detailsOf(evaluation: LabelledEvaluation): [label: string, EvaluationDetails][] {
  const { label, reasoning, assessment, metadata, tags } = evaluation
  const details: EvaluationDetails = {
    ...(reasoning === undefined ? {} : { reasoning }),
    ...(assessment === undefined ? {} : { assessment }),
    ...(metadata === undefined ? {} : { metadata: parseJson(metadata) }),
    ...(tags === undefined ? {} : { tags }),
  }
  return Object.keys(details).length === 0 ? [] : [[label, details]]
}

function parse(json: Json | undefined): unknown {
  return json === undefined ? undefined : parseJson(json)
}
