import type { CallTiming, EventStamp, RowFinished, RunEvent, TaskResult } from '../../model/events.ts'
import { type RecordText, type Row, type RowEvaluation, type RowQuery, unitName } from '../../model/row.ts'
import type { Redone } from './redone.ts'

/** Events that a row is put together from, beside its record. */
export const rowTypes: ReadonlySet<string> = new Set(['task-finished', 'evaluation-finished', 'row-finished'])
export const recordTypes: ReadonlySet<string> = new Set(['record'])

/** A record and its position in the order of reading, from 0. */
export interface FoundRecord {
  readonly record: RecordText
  readonly position: number
}

/** The end of a row, and what came before it. */
export interface FinishedRow {
  readonly end: RowFinished & EventStamp
  readonly parts: OpenRow
}

interface OpenRow {
  /** Where the first of its lines begins in the log, in bytes, if that was told. */
  readonly start: number
  readonly task?: TaskResult & CallTiming
  evaluations: RowEvaluation[]
  /** Of a row whose evaluators alone are run again: that of the first `row-finished` of its task. */
  stamp?: EventStamp
}

/** What goes is taken out of it: a map that entries come to and go from has tables that it does not use any more, and keep them. */
interface Slot {
  row: OpenRow
}

const nothing: OpenRow = { start: 0, evaluations: [] }

/** Puts rows together from their events. Holds those that have begun and not ended. */
export class RowAssembly {
  readonly #open = new Map<string, Slot>()
  readonly #query: RowQuery
  readonly #redone: Redone | undefined

  /** @param redone what does not count any more, of a log that was resumed */
  constructor(query: RowQuery, redone?: Redone) {
    this.#query = query
    this.#redone = redone
  }

  /** Takes one event in, whose line begins at `start`; returns the row that it finishes. */
  take(event: RunEvent, start = 0): FinishedRow | undefined {
    if (event.type !== 'task-finished' && event.type !== 'evaluation-finished' && event.type !== 'row-finished')
      return undefined
    const { iteration, units } = this.#query
    if (iteration !== undefined && event.iteration !== iteration) return undefined
    const name = unitName(event)
    if (units !== undefined && !units.has(name)) return undefined
    if (this.#redone?.isVoid(event) === true) return undefined
    const slot = this.#open.get(name) ?? this.#begin(name, start)
    if (event.type === 'row-finished') return this.#finish(name, slot, event)
    if (event.type === 'task-finished') slot.row = { start: slot.row.start, task: event, evaluations: [] }
    else this.#evaluate(name, slot.row, event)
    return undefined
  }

  #begin(name: string, start: number): Slot {
    const slot = { row: { start, evaluations: [] } }
    this.#open.set(name, slot)
    return slot
  }

  #evaluate(name: string, row: OpenRow, event: Extract<RunEvent, { readonly type: 'evaluation-finished' }>): void {
    if (this.#redone?.standing(name) !== undefined)
      row.evaluations = row.evaluations.filter(({ evaluator }) => evaluator !== event.evaluator)
    row.evaluations.push(event)
  }

  #finish(
    name: string,
    slot: Slot,
    event: Extract<RunEvent, { readonly type: 'row-finished' }>,
  ): FinishedRow | undefined {
    const parts = slot.row
    const { stamp = event } = parts
    if (this.#redone?.isSuperseded(name, event.seq) === true) {
      slot.row = { ...parts, stamp }
      return undefined
    }
    slot.row = nothing
    this.#open.delete(name)
    // The line of its task was damaged: the unit is pending.
    if (parts.task === undefined && event.status !== 'cancelled' && event.status !== 'skipped') return undefined
    return { end: stamp === event ? event : { ...event, seq: stamp.seq, at: stamp.at }, parts }
  }
}

/** Written out, not spread: there are many. */
export function toRow({ end, parts }: FinishedRow, { record, position }: FoundRecord): Row {
  const { key, iteration, generation, seq, at, status } = end
  const { task, evaluations } = parts
  return task === undefined
    ? { key, iteration, generation, seq, at, status, position, record, evaluations }
    : { key, iteration, generation, seq, at, status, position, record, task, evaluations }
}

/**
 * Finds records by key while reading the log but once: rows finish in about the order of their records, so only the records
 * between are held. A record that one run's rows have asked for is let go, unless several runs are read together.
 */
export class RecordCursor {
  readonly #next: () => Promise<readonly RecordText[] | undefined>
  readonly #passed = new Map<string, FoundRecord>()
  readonly #wantedKeys: ReadonlySet<string> | undefined
  readonly #isForOneRun: boolean
  #position = 0

  /** @param next gives the next records; undefined when there are none by now */
  constructor(next: () => Promise<readonly RecordText[] | undefined>, { iteration, units }: RowQuery) {
    this.#next = next
    this.#isForOneRun = iteration !== undefined
    this.#wantedKeys =
      units === undefined ? undefined : new Set([...units].map((name) => name.slice(name.indexOf('/') + 1)))
  }

  async find(key: string): Promise<FoundRecord | undefined> {
    for (let held = this.#passed.get(key); ; held = this.#passed.get(key)) {
      if (held !== undefined) {
        if (this.#isForOneRun) this.#passed.delete(key)
        return held
      }
      const records = await this.#next()
      if (records === undefined) return undefined
      for (const record of records) this.#pass(record)
    }
  }

  #pass(record: RecordText): void {
    if (this.#wantedKeys?.has(record.key) ?? true) this.#passed.set(record.key, { record, position: this.#position })
    this.#position++
  }
}

export function toRecord(event: RunEvent): RecordText[] {
  if (event.type !== 'record') return []
  const { type: _type, seq: _seq, at: _at, replaces: _replaces, ...record } = event
  return [record]
}
