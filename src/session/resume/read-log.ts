import { readEvents } from '../../backends/local/read-events.ts'
import { findRedone, type Redone } from '../../backends/local/redone.ts'
import { surveyLog } from '../../backends/local/survey.ts'
import type { RunEvent } from '../../model/events.ts'
import { KnownRecords } from './known-records.ts'
import type { LoggedRun, LogState } from './log-state.ts'
import { type ReadUnitsOptions, UnitReading } from './read-units.ts'

export interface ReadLogOptions extends Omit<ReadUnitsOptions, 'known' | 'redone'> {
  /** Keys of records nothing of which counts any more. */
  readonly without?: ReadonlySet<string>
}

/**
 * Reads the log of an experiment that is to be gone on with.
 * @throws LlmobsExpError `E_STORE_READ` or `E_STORE_FORMAT`
 */
export async function readLog(path: string, options: ReadLogOptions): Promise<LogState> {
  const { lines, records, end, isTorn } = await surveyLog(path)
  const redone = lines === 0 ? undefined : await findRedone(path)
  const reading = new LogReading(options, new KnownRecords(records), redone)
  let damagedLines = 0
  const onDamaged = (line: { readonly isTorn: boolean }): void => {
    if (!line.isTorn) damagedLines++
  }
  if (lines > 0) {
    for await (const events of readEvents(path, {}, onDamaged)) for (const event of events) reading.take(event)
  }
  const read = reading.finish()
  // Lines that cannot be read have had numbers too.
  return { ...read, lastSeq: Math.max(read.lastSeq, lines), damagedLines, isTorn, end }
}

class LogReading {
  readonly #options: ReadLogOptions
  readonly #redone: Redone | undefined
  readonly #known: KnownRecords
  readonly #units: UnitReading
  readonly #runs = new Map<number, LoggedRun>()
  readonly #crashes = new Map<string, number>()
  #alone: readonly string[] = []
  #finished: LogState['finished'] | undefined
  #jobs = 1
  #lastSeq = 0
  #lastAt = 0

  constructor(options: ReadLogOptions, known: KnownRecords, redone: Redone | undefined) {
    this.#options = options
    this.#known = known
    this.#redone = redone
    this.#units = new UnitReading({ ...options, known, redone })
  }

  take(event: RunEvent): void {
    this.#lastSeq = event.seq
    this.#lastAt = Math.max(this.#lastAt, event.at)
    if (this.#redone?.isVoid(event) === true) return
    switch (event.type) {
      case 'task-finished':
      case 'evaluation-finished':
      case 'row-finished':
        if (this.#options.without?.has(event.key) !== true && this.#units.take(event)) {
          this.#run(event.iteration).isFinished = false
        } else this.#run(event.iteration)
        return
      case 'experiment-finished':
        this.#finished = event
        return
      default:
        this.#takeMilestone(event)
        this.#options.tally.apply(event)
    }
  }

  finish(): Omit<LogState, 'damagedLines' | 'isTorn' | 'end'> {
    return {
      lastSeq: this.#lastSeq,
      lastAt: this.#lastAt,
      jobs: this.#jobs,
      known: this.#known,
      runs: this.#runs,
      units: this.#units.finish(),
      crashes: this.#crashes,
      alone: this.#alone,
      ...(this.#finished === undefined ? {} : { finished: this.#finished }),
    }
  }

  #takeMilestone(event: RunEvent): void {
    switch (event.type) {
      case 'record':
        this.#known.add(event.key, event.contentHash)
        return
      case 'run-started':
        this.#run(event.iteration).isStarted = true
        return
      case 'run-finished': {
        const run = this.#run(event.iteration)
        run.isFinished = true
        run.wasFinished = true
        run.hasFailedSummary = event.summaries.some(({ status }) => status === 'error')
        return
      }
      case 'experiment-started':
        this.#jobs = event.jobs
        return
      case 'resumed':
        this.#jobs = event.jobs
        this.#alone = event.alone
        this.#finished = undefined
        for (const unit of event.inFlight) this.#crashes.set(unit, (this.#crashes.get(unit) ?? 0) + 1)
    }
  }

  #run(iteration: number): LoggedRun {
    const known = this.#runs.get(iteration)
    if (known !== undefined) return known
    const run = { isStarted: false, wasFinished: false, isFinished: false, hasFailedSummary: false }
    this.#runs.set(iteration, run)
    return run
  }
}
