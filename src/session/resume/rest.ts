import type { MetRecord, Rest, RunState } from '../../engine/resume.ts'
import type { ResumedUnit } from '../../engine/resume-row.ts'
import type { Problem, Resumed } from '../../model/events.ts'
import { type RecordText, type Row, type RowReader, unitName, unitOf } from '../../model/row.ts'
import { changedRecord, goneRecords } from './changed-error.ts'
import type { Crashes } from './in-flight.ts'
import type { LogState } from './log-state.ts'
import { poisonUnit } from './poison-unit.ts'
import { isRetried, type RetryFlags, retryOf } from './retries.ts'

export interface RestOptions {
  readonly name: string
  readonly state: LogState
  readonly crashes: Crashes
  readonly reader: RowReader
  /** Where the log does not have records as tasks need them. `as they come`: only once, where they are met in the dataset. */
  readonly records?: RowReader['records'] | 'as they come'
  readonly flags: RetryFlags & { readonly allowChanged: boolean }
  /** Whether a row of the log has reached a backend, by the `seq` of its end; absent where nothing has. */
  readonly isPushed?: (seq: number) => boolean
  /** Keys of records that are known to have changed. */
  readonly changed: ReadonlySet<string>
  /** Whether the dataset has been read, so that it is known what it lacks. */
  readonly isExamined: boolean
  readonly readsDataset: boolean
  readonly resumed: Omit<Resumed, 'reopened'>
  readonly problems: readonly Problem[]
}

/** What is left of an experiment, as the engine asks for it. */
export async function createRest(options: RestOptions): Promise<LoggedRest> {
  const rest = new LoggedRest(options)
  await rest.load()
  return rest
}

/** Whether the rows of a run are not all there as they are to be. */
export function isIncomplete(iteration: number, { known, runs, units }: LogState, flags: RetryFlags): boolean {
  const run = runs.get(iteration)
  if (run?.isStarted !== true || !run.isFinished) return true
  const hasRetries = units.retries.has(iteration) || (run.hasFailedSummary && flags.retryErrors)
  return hasRetries || known.doneOf(iteration) < known.count
}

export class LoggedRest implements Rest {
  readonly problems: readonly Problem[]
  readonly readsDataset: boolean
  readonly resumed: Resumed
  alone: readonly ResumedUnit[] = []
  readonly #options: RestOptions
  readonly #changed: Set<string>
  /** Units that do not come in the order of their records. */
  readonly #handed = new Set<string>()
  #first: readonly ResumedUnit[] = []
  #isExamined: boolean
  #hasChangedMeanwhile = false

  constructor(options: RestOptions) {
    this.#options = options
    this.#changed = new Set(options.changed)
    this.#isExamined = options.isExamined
    this.problems = options.problems
    this.readsDataset = options.readsDataset
    const reopened = [...options.state.runs].flatMap(([iteration, { isFinished }]) =>
      isFinished && this.stateOf(iteration) === 'open' ? [iteration] : [],
    )
    this.resumed = { ...options.resumed, reopened }
  }

  /** Whether what has been counted of the log has turned out not to count. */
  get hasChangedMeanwhile(): boolean {
    return this.#hasChangedMeanwhile
  }

  /** Reads the records of the few units that come first. */
  async load(): Promise<void> {
    const { state, crashes, records: source } = this.#options
    if (source === 'as they come') return this.#loadPoison()
    const { partial } = state.units
    const records = await this.#findRecords([...partial.keys(), ...crashes.alone, ...crashes.poison])
    const poison = new Set(crashes.poison)
    const alone = new Set(crashes.alone)
    const make = (name: string): ResumedUnit[] => this.#make(name, records, poison.has(name))
    this.alone = [...crashes.alone.flatMap(make), ...(await this.#poisonedRows())]
    const others = [...poison, ...[...partial.keys()].filter((name) => !poison.has(name) && !alone.has(name))]
    this.#first = others.flatMap(make)
    for (const unit of [...this.alone, ...this.#first]) this.#handed.add(unitName(unit))
  }

  /** What is given up needs no record; all else waits for its own. */
  async #loadPoison(): Promise<void> {
    const { poison } = this.#options.crashes
    const records = await this.#findRecords(poison)
    this.#first = poison.flatMap((name) => this.#make(name, records, true))
    for (const unit of this.#first) this.#handed.add(unitName(unit))
  }

  stateOf(iteration: number): RunState {
    const { state, flags } = this.#options
    const run = state.runs.get(iteration)
    if (run === undefined) return 'new'
    if (!run.isStarted) return 'lost'
    return this.readsDataset || isIncomplete(iteration, state, flags) ? 'open' : 'finished'
  }

  async *started(): AsyncGenerator<readonly ResumedUnit[], void> {
    const { records } = this.#options
    yield this.#first
    if (typeof records === 'function') yield* this.#withRecords(records)
    else for await (const unit of this.#retries()) yield [unit]
  }

  async *#retries(): AsyncGenerator<ResumedUnit, void> {
    const { state, reader, flags } = this.#options
    for (const iteration of state.units.retries.keys()) {
      for await (const row of reader.rows({ iteration })) {
        const isHanded = this.#handed.has(unitName(row)) || this.#changed.has(row.key)
        const unit = isHanded ? undefined : this.#retried(row, flags)
        if (unit !== undefined) yield unit
      }
    }
  }

  /** Rows to be tried again, with the records that were found in the dataset. */
  async *#withRecords(read: RowReader['records']): AsyncGenerator<readonly ResumedUnit[], void> {
    const units = new Map<string, ResumedUnit[]>()
    for await (const unit of this.#retries()) units.set(unit.key, [...(units.get(unit.key) ?? []), unit])
    if (units.size === 0) return
    for await (const records of read()) {
      yield records.flatMap((record) => (units.get(record.key) ?? []).map((unit) => ({ ...unit, record })))
    }
  }

  meet(record: RecordText): MetRecord {
    const { state, flags, name } = this.#options
    const { known, units } = state
    const { key } = record
    const likeness = known.compare(key, record.contentHash)
    if (likeness === 'changed' && !flags.allowChanged) throw changedRecord(name, key)
    known.meet(key)
    if (likeness === 'same') return withUnit({ isNews: false }, this.#undone(record, 1))
    if (likeness === 'new' && !units.orphans.has(key)) return withUnit({ isNews: true }, this.#undone(record, 1))
    this.#hasChangedMeanwhile ||= !this.#changed.has(key) && likeness === 'changed'
    this.#changed.add(key)
    known.forget(key)
    return withUnit({ isNews: true, replaces: state.lastSeq }, this.#undone(record, 1))
  }

  endDataset(): boolean {
    const { state, flags, name } = this.#options
    const { unmet } = state.known
    this.#isExamined = true
    if (unmet > 0 && !flags.allowChanged) throw goneRecords(name, unmet)
    return unmet > 0
  }

  pending(record: RecordText, iteration: number): ResumedUnit | undefined {
    const { known } = this.#options.state
    const { key } = record
    const isGone = this.#isExamined && known.has(key) && !known.isMet(key)
    if (iteration === 1 && this.readsDataset && !isGone) return undefined
    const unit = this.#undone(record, iteration)
    return unit !== undefined && isGone ? { ...unit, kind: 'skipped' } : unit
  }

  #undone(record: RecordText, iteration: number): ResumedUnit | undefined {
    const { known } = this.#options.state
    const name = unitName({ key: record.key, iteration })
    if (known.isDone(record.key, iteration) || this.#handed.has(name)) return undefined
    return this.#whole(record, iteration)
  }

  #whole(record: RecordText, iteration: number): ResumedUnit {
    const { state, isPushed } = this.#options
    const { key } = record
    const unit = { kind: 'whole', key, iteration, record } as const
    // What was made of the record before may have reached a backend under the names of its units.
    const generation = isPushed === undefined ? 0 : state.units.maxGeneration + 1
    if (this.#changed.has(key)) return { ...unit, generation }
    const left = state.units.void.get(unitName(unit))
    if (left === undefined) return { ...unit, generation: 0 }
    return { ...unit, generation: this.#next(left.generation, left.replaces), replaces: left.replaces }
  }

  #next(generation: number, seq: number): number {
    return this.#options.isPushed?.(seq) === true ? generation + 1 : generation
  }

  #retried(row: Row, flags: RetryFlags): ResumedUnit | undefined {
    const { key, iteration, generation, record, seq: replaces, task, evaluations } = row
    if (task === undefined) return undefined
    const unit = { key, iteration, record, replaces }
    const retry = retryOf({ task, evaluations }, flags)
    if (retry === 'task') return { kind: 'whole', ...unit, generation: this.#next(generation, replaces) }
    if (retry === undefined) return undefined
    const standing = evaluations.filter((evaluation) => !isRetried(evaluation, flags))
    const evaluated = new Set(standing.map(({ evaluator }) => evaluator))
    return { kind: 'partial', ...unit, generation, task, evaluated }
  }

  #make(name: string, records: ReadonlyMap<string, RecordText>, isPoison: boolean): ResumedUnit[] {
    const { key, iteration } = unitOf(name)
    const record = records.get(key)
    if (record === undefined || this.#changed.has(key)) return []
    const stored = this.#options.state.units.partial.get(name)
    if (isPoison) return [poisonUnit(this.#whole(record, iteration), stored)]
    return [stored === undefined ? this.#whole(record, iteration) : { kind: 'partial', record, ...stored }]
  }

  /** Rows that were given up, and are to be tried again. */
  async #poisonedRows(): Promise<ResumedUnit[]> {
    const { state, reader, flags } = this.#options
    const found: ResumedUnit[] = []
    if (!flags.retryPoison || state.units.retries.size === 0) return found
    for await (const row of reader.rows({ units: new Set(state.crashes.keys()) })) {
      const unit = this.#retried(row, { retryErrors: false, retryPoison: true })
      if (unit !== undefined && !this.#changed.has(row.key)) found.push(unit)
    }
    if (this.#options.records === undefined) return found
    const records = await this.#findRecords(found.map(unitName))
    return found.flatMap((unit) => {
      const record = records.get(unit.key)
      return record === undefined ? [] : [{ ...unit, record }]
    })
  }

  async #findRecords(names: readonly string[]): Promise<Map<string, RecordText>> {
    const wanted = new Set(names.map((name) => unitOf(name).key))
    const found = new Map<string, RecordText>()
    if (wanted.size === 0) return found
    const { records: source, reader } = this.#options
    const all = typeof source === 'function' ? source() : reader.records()
    for await (const records of all) {
      for (const record of records) if (wanted.has(record.key)) found.set(record.key, record)
      if (found.size === wanted.size) break
    }
    return found
  }
}

function withUnit(met: MetRecord, unit: ResumedUnit | undefined): MetRecord {
  return unit === undefined ? met : { ...met, unit }
}
