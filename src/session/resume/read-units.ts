import type { Redone } from '../../backends/local/redone.ts'
import type { EvaluationFinished, EventStamp, RowFinished, TaskFinished } from '../../model/events.ts'
import { unitName } from '../../model/row.ts'
import type { Tally } from '../tally.ts'
import type { KnownRecords } from './known-records.ts'
import type { PartialUnit, UnitStates, VoidUnit } from './log-state.ts'
import { isRetried, type RetryFlags, retryOf } from './retries.ts'

type Task = TaskFinished & EventStamp
type Evaluation = EvaluationFinished & EventStamp
type RowEnd = RowFinished & EventStamp
type UnitEvent = Task | Evaluation | RowEnd

export interface ReadUnitsOptions {
  readonly evaluators: readonly string[]
  readonly flags: RetryFlags
  /** Is told of everything that counts and is not tried again. */
  readonly tally: Tally
  readonly known: KnownRecords
  /** What does not count any more, of a log that was resumed. */
  readonly redone: Redone | undefined
}

/** What is known of a unit that has not ended for good. */
interface OpenUnit {
  readonly key: string
  readonly iteration: number
  generation: number
  task?: Task
  evaluations: Evaluation[]
  replaces?: number
  lastSeq: number
}

/** Finds out, event by event, what is left of each unit. Holds those that have begun and not ended. */
export class UnitReading {
  readonly #options: ReadUnitsOptions
  readonly #open = new Map<string, OpenUnit>()
  readonly #partial = new Map<string, PartialUnit>()
  readonly #void = new Map<string, VoidUnit>()
  readonly #retries = new Map<number, number>()
  readonly #orphans = new Set<string>()
  #maxGeneration = 0

  constructor(options: ReadUnitsOptions) {
    this.#options = options
  }

  /** Returns whether a row has ended. */
  take(event: UnitEvent): boolean {
    const { known, redone } = this.#options
    if (!known.has(event.key)) {
      this.#orphans.add(event.key)
      return false
    }
    const name = unitName(event)
    const unit = this.#unitOf(name, event)
    if (event.type === 'task-finished') {
      unit.task = event
      unit.evaluations = []
    } else if (event.type === 'evaluation-finished') {
      if (redone?.standing(name) !== undefined)
        unit.evaluations = unit.evaluations.filter(({ evaluator }) => evaluator !== event.evaluator)
      unit.evaluations.push(event)
    } else if (this.#isFinal(name, event)) {
      this.#open.delete(name)
      this.#end(name, unit, event)
      return true
    }
    return false
  }

  /** Nothing more comes. */
  finish(): UnitStates {
    for (const [name, unit] of this.#open) this.#leave(name, unit)
    this.#open.clear()
    return {
      partial: this.#partial,
      void: this.#void,
      retries: this.#retries,
      orphans: this.#orphans,
      maxGeneration: this.#maxGeneration,
    }
  }

  #unitOf(name: string, event: UnitEvent): OpenUnit {
    const { key, iteration, generation, replaces, seq } = event
    const unit: OpenUnit = this.#open.get(name) ?? { key, iteration, generation, evaluations: [], lastSeq: seq }
    this.#open.set(name, unit)
    unit.generation = generation
    unit.lastSeq = seq
    if (replaces !== undefined) unit.replaces = replaces
    this.#maxGeneration = Math.max(this.#maxGeneration, generation)
    return unit
  }

  /** One that was run again is open for as long as the later run of it is. */
  #isFinal(name: string, { seq }: RowEnd): boolean {
    const { redone } = this.#options
    const standing = redone?.standing(name)
    return standing === undefined || (standing === seq && redone?.hasTail(name) === false)
  }

  #end(name: string, unit: OpenUnit, end: RowEnd): void {
    const { known, tally } = this.#options
    const { key, iteration, generation } = unit
    if (end.status === 'skipped') {
      tally.apply(end)
      known.setDone(key, iteration, true)
    } else if (end.status === 'cancelled' || unit.task === undefined) {
      this.#void.set(name, { generation, replaces: end.seq })
    } else if (this.#isComplete(unit)) {
      known.setDone(key, iteration, true)
      this.#count(unit, unit.task, end)
    } else this.#keep(name, { ...unit, replaces: end.seq }, unit.task)
  }

  #isComplete({ evaluations }: OpenUnit): boolean {
    return this.#options.evaluators.every((name) => evaluations.some(({ evaluator }) => evaluator === name))
  }

  /** Of a row that is tried again only what stands counts for now. */
  #count(unit: OpenUnit, task: Task, end: RowEnd): void {
    const { flags, tally } = this.#options
    const retry = retryOf({ task, evaluations: unit.evaluations.map(resultOf) }, flags)
    if (retry !== undefined) this.#retries.set(unit.iteration, (this.#retries.get(unit.iteration) ?? 0) + 1)
    if (retry === 'task') return
    tally.apply(task)
    for (const evaluation of unit.evaluations) {
      if (!isRetried(resultOf(evaluation), flags)) tally.apply(evaluation)
    }
    if (retry === undefined) tally.apply(end)
  }

  #leave(name: string, unit: OpenUnit): void {
    const { task, generation, lastSeq, replaces = lastSeq } = unit
    if (task === undefined || isRetried(resultOf(task), this.#options.flags)) {
      this.#void.set(name, { generation, replaces })
    } else this.#keep(name, unit, task)
  }

  /** A unit that lacks only evaluators, and perhaps its end. */
  #keep(name: string, unit: OpenUnit, task: Task): void {
    const { flags, tally } = this.#options
    const { key, iteration, generation, lastSeq } = unit
    const standing = unit.evaluations.filter((evaluation) => !isRetried(resultOf(evaluation), flags))
    tally.apply(task)
    for (const evaluation of standing) tally.apply(evaluation)
    const replaces = unit.replaces ?? (standing.length < unit.evaluations.length ? lastSeq : undefined)
    this.#partial.set(name, {
      key,
      iteration,
      generation,
      task,
      evaluated: new Set(standing.map(({ evaluator }) => evaluator)),
      ...(replaces === undefined ? {} : { replaces }),
    })
  }
}

function resultOf(event: Task | Evaluation) {
  return event.status === 'error' || event.status === 'timeout'
    ? { status: event.status, error: event.error }
    : { status: event.status }
}
