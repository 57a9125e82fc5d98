import type { EvaluationFinished, EventBody, RecordRead, RowStatus } from '../../../model/events.ts'
import { contentHash, ordinalKey, recordKey } from '../../../model/identity.ts'
import type { PulledEvaluation, PulledRow } from '../../../model/pull.ts'

/** What is not stamped yet. */
export interface TimedBody {
  readonly at: number
  readonly body: EventBody
}

export interface RowEventsOptions {
  readonly key: string
  readonly iteration: number
  /** Stands in for a start that is not known. */
  readonly startedAt: number
  /** Evaluators that were skipped where they say nothing of a row. */
  readonly skipped: readonly string[]
}

/** A call of which nothing is known but when it ended. */
const untimed = { durationMs: 0, queueMs: 0, retryWaitMs: 0 } as const

/** The events of one row, in the order of a log; the last one ends it. */
export function rowEvents(row: PulledRow, options: RowEventsOptions): readonly TimedBody[] {
  const { key, iteration, skipped } = options
  const unit = { key, iteration, generation: 0 } as const
  const { startedAt = options.startedAt, durationMs, attempts, ...result } = row.task
  const endedAt = startedAt + durationMs
  const timing = { startedAt, durationMs, attempts, queueMs: 0, retryWaitMs: 0 }
  const silent = skipped.filter((evaluator) => !row.evaluations.some((one) => one.evaluator === evaluator))
  const reason = result.status === 'ok' ? 'not-applicable' : 'task-failed'
  const evaluations = row.evaluations.map((one) => evaluationEvent({ ...one, at: one.at || endedAt }, unit))
  const last = evaluations.reduce((latest, { at }) => Math.max(latest, at), endedAt)
  return [
    { at: endedAt, body: { type: 'task-finished', ...unit, ...timing, ...result } },
    ...evaluations,
    ...silent.map((evaluator): TimedBody => {
      const call = { ...untimed, startedAt: 0, attempts: 0 }
      return {
        at: endedAt,
        body: { type: 'evaluation-finished', evaluator, ...unit, ...call, status: 'skipped', reason },
      }
    }),
    { at: last, body: { type: 'row-finished', ...unit, status: result.status } },
  ]
}

function evaluationEvent(
  { at, ...evaluation }: PulledEvaluation,
  unit: Pick<EvaluationFinished, 'key' | 'iteration' | 'generation'>,
): TimedBody {
  const call = { ...untimed, startedAt: at, attempts: 1 }
  return { at, body: { type: 'evaluation-finished', ...unit, ...call, ...evaluation } }
}

/** The record of a row under its key, which is derived from the input where the row names none. */
export function recordEvent({ record }: PulledRow, key: string): RecordRead {
  const { input, expectedOutput, metadata, tags } = record
  const content = {
    input,
    ...(expectedOutput === undefined ? {} : { expectedOutput }),
    ...(metadata === undefined ? {} : { metadata }),
  }
  const derived = recordKey(undefined, input)
  const isDerived = key === derived || key.startsWith(`${derived}#`)
  return {
    type: 'record',
    key,
    ...(isDerived ? {} : { id: key }),
    contentHash: contentHash(content),
    ...content,
    ...(tags.length === 0 ? {} : { tags }),
  }
}

/** Gives rows of one run their keys: those that name no record one from their input, as a record without an id gets it. */
export function createKeys(): (row: PulledRow) => string {
  const ordinals = new Map<string, number>()
  return ({ record }) => {
    if (record.key !== undefined) return record.key
    const derived = recordKey(undefined, record.input)
    const ordinal = ordinals.get(derived) ?? 0
    ordinals.set(derived, ordinal + 1)
    return ordinalKey(derived, ordinal)
  }
}

export type DoneStatus = Extract<RowStatus, 'ok' | 'error' | 'timeout'>
