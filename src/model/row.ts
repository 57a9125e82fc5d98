import type { LabelledEvaluation } from './evaluation.ts'
import type { CallTiming, EvaluatorResult, EventStamp, RecordRead, RowStatus, TaskResult, UnitRef } from './events.ts'

/** A record as everything behind the executor sees it: JSON text. */
export interface RecordText extends Omit<RecordRead, 'type'> {
  /** What may be kept and sent of it; absent where that is all of it. Never of a record that was read back. */
  readonly redacted?: RecordValues
}

export type RecordValues = Pick<RecordRead, 'input' | 'expectedOutput' | 'metadata'>

/** The record as it may be kept and sent. */
export function keptRecord(record: RecordText): RecordText {
  if (record.redacted === undefined) return record
  const { redacted, ...kept } = record
  return { ...kept, ...redacted }
}

/** One evaluator's result on one row, with the stamp of its event. */
export type RowEvaluation = { readonly evaluator: string } & EvaluatorResult & CallTiming & EventStamp

/** What came of one unit, put together from the log, with the stamp of its last event. */
export interface Row extends UnitRef, EventStamp {
  /** Position of its record in the order of reading, from 0. For order only, never identity. */
  readonly position: number
  readonly status: RowStatus
  readonly record: RecordText
  /** Absent when the task was never run to an end. */
  readonly task?: TaskResult & CallTiming
  readonly evaluations: readonly RowEvaluation[]
}

/** Which rows are asked for. */
export interface RowQuery {
  readonly iteration?: number
  /** Only these units, as `unitName` writes them. */
  readonly units?: ReadonlySet<string>
}

/** Reads rows back from where they were written. */
export interface RowReader {
  /** In the order in which they finished. */
  rows(query: RowQuery): AsyncIterable<Row>
  /** Batches of records in the order in which they were first read. */
  records(): AsyncIterable<readonly RecordText[]>
}

/** A unit's name within one experiment. */
export function unitName(unit: Pick<UnitRef, 'key' | 'iteration'>): string {
  return `${unit.iteration}/${unit.key}`
}

/** The unit that a name stands for. */
export function unitOf(name: string): Pick<UnitRef, 'key' | 'iteration'> {
  const slash = name.indexOf('/')
  return { key: name.slice(slash + 1), iteration: Number(name.slice(0, slash)) }
}

/** Whether a row failed or did not pass: by its task, an evaluator's failure, a boolean `false`, or an assessment `fail`. */
export function isFailing(row: Row): boolean {
  if (failsByTask(row.status)) return true
  return row.evaluations.some((result) => {
    if (result.status === 'skipped') return false
    if (result.status !== 'ok') return true
    return result.evaluations.some((evaluation) => verdictOf(evaluation) === 'fail')
  })
}

export function failsByTask(status: RowStatus): boolean {
  return status === 'error' || status === 'timeout'
}

/** What an evaluation says about passing. A value that is no boolean and has no assessment says nothing. */
export type Verdict = 'pass' | 'fail' | 'error'

/** What a row's evaluations say, by label; an evaluator that failed says so under its own name. */
export function verdictsOf({ evaluations }: Pick<Row, 'evaluations'>): Map<string, Verdict> {
  const verdicts = new Map<string, Verdict>()
  for (const result of evaluations) {
    if (result.status === 'error' || result.status === 'timeout') verdicts.set(result.evaluator, 'error')
    if (result.status !== 'ok') continue
    for (const evaluation of result.evaluations) {
      const verdict = verdictOf(evaluation)
      if (verdict !== undefined) verdicts.set(evaluation.label, verdict)
    }
  }
  return verdicts
}

export function verdictOf({ type, value, assessment }: LabelledEvaluation): 'pass' | 'fail' | undefined {
  if (assessment === 'fail' || (type === 'boolean' && !value)) return 'fail'
  return assessment === 'pass' || type === 'boolean' ? 'pass' : undefined
}
