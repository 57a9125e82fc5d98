import type { EvaluationFinished, Problem, RunEvent } from '../model/events.ts'
import type { Gauges } from '../model/executor.ts'
import type { Clock } from '../model/ports.ts'
import type { Progress } from '../model/progress.ts'
import type { QuarantinedRecord } from '../model/quarantine.ts'
import type { ExperimentSummary, RunSummary } from '../model/summary.ts'
import { LabelTypes } from './tally/label-types.ts'
import { QuarantineWatch } from './tally/quarantine-watch.ts'
import { RecordClusters } from './tally/record-clusters.ts'
import { RunTally } from './tally/run-tally.ts'
import { runningMeans } from './tally/running-means.ts'
import { summarizeRuns } from './tally/summarize-runs.ts'

/** What a tally has to know beforehand. */
export interface TallyInfo {
  readonly evaluators: readonly string[]
  readonly runs: number
  /** Records that are planned for each run, where the dataset's length is known; else the log may tell. */
  readonly plannedRecords?: number
  /** Records whose rows count for no number but the rows themselves. */
  readonly quarantine?: readonly QuarantinedRecord[]
}

/** Where a live tally gets the time and the gauges from. */
export interface LiveSources {
  readonly clock: Pick<Clock, 'now'>
  readonly gauges: () => Gauges
}

/** Counts the events of one experiment, live or replayed from its log. */
export interface Tally {
  apply(event: RunEvent): void
  progress(): Progress
  /** Numbers of one run so far; all zero for one that has not begun. */
  run(iteration: number): RunSummary
  summary(): ExperimentSummary
  /** Warnings since this was last asked. */
  takeProblems(): readonly Problem[]
  /** Records in quarantine that have not been read. */
  unmetQuarantine(): readonly string[]
}

/**
 * Makes a tally. Its memory grows by 8 bytes for each task and each score; with several runs also by 12 bytes for each record
 * and label and by the records' keys.
 *
 * @param live - absent for a replay, whose clock is the log's
 */
export function createTally(info: TallyInfo, live?: LiveSources): Tally {
  return new EventTally(info, live)
}

const IDLE: Gauges = { callsInFlight: 0, expiredCalls: 0, tasksCalled: 0 }

class EventTally implements Tally {
  readonly #info: TallyInfo
  readonly #live: LiveSources | undefined
  readonly #runs = new Map<number, RunTally>()
  readonly #finishedRuns = new Map<number, RunSummary>()
  readonly #types = new LabelTypes()
  /** With several runs. */
  readonly #recordClusters: RecordClusters | undefined
  readonly #quarantine: QuarantineWatch
  #plannedRecords: number | undefined
  #records = 0
  #startedAt: number | undefined
  #finishedAt: number | undefined
  #lastAt = 0

  constructor(info: TallyInfo, live: LiveSources | undefined) {
    this.#info = info
    this.#live = live
    this.#plannedRecords = info.plannedRecords
    if (info.runs > 1) this.#recordClusters = new RecordClusters(info.runs)
    this.#quarantine = new QuarantineWatch(info.quarantine)
  }

  apply(event: RunEvent): void {
    if (event.type === 'resumed') this.#resume(event)
    if (event.at > this.#lastAt) this.#lastAt = event.at
    switch (event.type) {
      case 'record':
        if (event.replaces === undefined) this.#records++
        this.#recordClusters?.meet(event.key)
        this.#quarantine.meet(event.key)
        break
      case 'task-finished':
        this.#changed(event.iteration).addTask(event, this.#quarantine.has(event.key))
        break
      case 'evaluation-finished':
        this.#addEvaluation(event)
        break
      case 'row-finished':
        this.#changed(event.iteration).addRow(event, this.#quarantine.has(event.key))
        break
      default:
        this.#applyMilestone(event)
    }
  }

  progress(): Progress {
    const { callsInFlight, expiredCalls } = this.#live?.gauges() ?? IDLE
    const runs = [...this.#runs.values()]
    const planned = this.#plannedRecords
    return {
      rowsDone: runs.reduce((sum, run) => sum + run.rows, 0),
      ...(planned === undefined ? {} : { rowsPlanned: planned * this.#info.runs }),
      callsInFlight,
      expiredCalls,
      rowsWithErrors: runs.reduce((sum, run) => sum + run.rowsWithErrors, 0),
      elapsedMs: this.#elapsed(this.#live?.clock.now() ?? this.#lastAt),
      means: runningMeans(runs).filter(({ label }) => !this.#types.isMixed(label)),
    }
  }

  run(iteration: number): RunSummary {
    const known = this.#finishedRuns.get(iteration)
    if (known !== undefined) return known
    const run = this.#runs.get(iteration) ?? new RunTally(iteration, this.#info.evaluators)
    const summary = run.summarize(this.#plannedRecords ?? this.#records, this.#lastAt)
    if (run.isFinished) this.#finishedRuns.set(iteration, summary)
    return summary
  }

  summary(): ExperimentSummary {
    const runs = [...this.#runs.values()].sort((a, b) => a.iteration - b.iteration)
    const unbegun = Math.max(0, this.#info.runs - runs.length) * (this.#plannedRecords ?? this.#records)
    return summarizeRuns({
      tallies: runs,
      summaries: runs.map((run) => this.run(run.iteration)),
      records: this.#recordClusters,
      unbegun,
      durationMs: this.#elapsed(this.#lastAt),
    })
  }

  takeProblems(): readonly Problem[] {
    return this.#types.take()
  }

  unmetQuarantine(): readonly string[] {
    return this.#quarantine.unmet()
  }

  #applyMilestone(event: RunEvent): void {
    if (event.type === 'experiment-started') {
      this.#startedAt = event.at
      this.#plannedRecords = event.plannedRecords ?? this.#plannedRecords
    } else if (event.type === 'run-started') this.#changed(event.iteration).start(event.runId, event.at)
    else if (event.type === 'run-finished') this.#changed(event.iteration).finish(event.summaries, event.at)
    else if (event.type === 'experiment-finished') this.#finishedAt = event.at
  }

  /** The time in which nothing ran counts for nobody. */
  #resume({ at, endedAt, plannedRecords, reopened }: Extract<RunEvent, { readonly type: 'resumed' }>): void {
    this.#plannedRecords = plannedRecords ?? this.#plannedRecords
    this.#startedAt = at - Math.max(0, endedAt - (this.#startedAt ?? endedAt))
    this.#finishedAt = undefined
    this.#finishedRuns.clear()
    for (const [iteration, run] of this.#runs) run.resume({ endedAt, at, isReopened: reopened.includes(iteration) })
  }

  #addEvaluation(event: EvaluationFinished): void {
    const isQuarantined = this.#quarantine.has(event.key)
    const evaluator = this.#changed(event.iteration).addEvaluation(event, isQuarantined)
    if (event.status !== 'ok' || isQuarantined) return
    for (const evaluation of event.evaluations) {
      const isFirstOfType = evaluator.label(evaluation.label).add(evaluation)
      if (isFirstOfType) this.#types.add(evaluation.label, evaluation.type)
      this.#recordClusters?.add(event.key, evaluation)
    }
  }

  #run(iteration: number): RunTally {
    const known = this.#runs.get(iteration)
    if (known !== undefined) return known
    const created = new RunTally(iteration, this.#info.evaluators)
    this.#runs.set(iteration, created)
    return created
  }

  /** A run whose numbers are about to change. */
  #changed(iteration: number): RunTally {
    if (this.#finishedRuns.size > 0) this.#finishedRuns.delete(iteration)
    return this.#run(iteration)
  }

  #elapsed(now: number): number {
    return this.#startedAt === undefined ? 0 : Math.max(0, (this.#finishedAt ?? now) - this.#startedAt)
  }
}
