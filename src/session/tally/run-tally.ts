import type { EvaluationFinished, NamedSummaryResult, RowFinished, TaskFinished } from '../../model/events.ts'
import { unitName } from '../../model/row.ts'
import type { RowCounts, RunSummary } from '../../model/summary.ts'
import { EvaluatorAccumulator } from '../../stats/evaluator.ts'
import { Latencies } from '../../stats/latencies.ts'
import { ErrorGroups } from './error-groups.ts'
import { Slowest } from './slowest.ts'

const MAX_FAILING_UNITS = 20

type Counts = { -readonly [K in keyof RowCounts]: number }

/** Whether an open row has failed, and whether by an error. */
type Mark = 'failed-to-pass' | 'evaluator-failed'

/** Everything that is counted of one run. */
export class RunTally {
  readonly iteration: number
  readonly latencies = new Latencies()
  readonly evaluators: Map<string, EvaluatorAccumulator>
  readonly #counts: Counts = { ok: 0, error: 0, timeout: 0, skipped: 0, cancelled: 0, pending: 0 }
  readonly #errors = new ErrorGroups()
  readonly #slowest = new Slowest()
  /** Rows that are not finished and of which something has failed; no others, so it stays small. */
  readonly #marks = new Map<string, Mark>()
  readonly #failingUnits: string[] = []
  #failingCount = 0
  #rows = 0
  #rowsWithErrors = 0
  #quarantinedRows = 0
  #evaluatorErrors = 0
  #runId = ''
  #summaries: readonly NamedSummaryResult[] = []
  #startedAt: number | undefined
  #finishedAt: number | undefined

  constructor(iteration: number, evaluators: readonly string[]) {
    this.iteration = iteration
    this.evaluators = new Map(evaluators.map((name) => [name, new EvaluatorAccumulator(name)]))
  }

  get rows(): number {
    return this.#rows
  }

  get rowsWithErrors(): number {
    return this.#rowsWithErrors
  }

  get isFinished(): boolean {
    return this.#finishedAt !== undefined
  }

  start(runId: string, at: number): void {
    this.#runId = runId
    this.#startedAt = at
  }

  finish(summaries: readonly NamedSummaryResult[], at: number): void {
    this.#summaries = summaries
    this.#finishedAt = at
  }

  /** The time from when the experiment had ended to when it went on does not count. */
  resume({ endedAt, at, isReopened }: { endedAt: number; at: number; isReopened: boolean }): void {
    if (this.#startedAt === undefined) return
    const finishedAt = isReopened ? undefined : this.#finishedAt
    this.#startedAt += at - (finishedAt ?? endedAt)
    this.#finishedAt = finishedAt === undefined ? undefined : at
    if (isReopened) this.#summaries = []
  }

  addTask(event: TaskFinished, isQuarantined: boolean): void {
    if (!isQuarantined) this.latencies.add(event.durationMs)
    this.#slowest.add(event.key, event.durationMs)
    if (event.status !== 'ok') this.#errors.addTask(event.error, event.key)
  }

  /** Counts a result apart from its values, and returns where those go. */
  addEvaluation(event: EvaluationFinished, isQuarantined: boolean): EvaluatorAccumulator {
    const accumulator = this.#evaluator(event.evaluator)
    if (isQuarantined) accumulator.quarantine()
    else accumulator.count(event.status)
    if (event.status === 'error' || event.status === 'timeout') {
      if (!isQuarantined) this.#evaluatorErrors++
      this.#errors.addEvaluator(event.evaluator, event.error, event.key)
      this.#marks.set(event.key, 'evaluator-failed')
    } else if (event.status === 'ok' && !this.#marks.has(event.key) && !passes(event)) {
      this.#marks.set(event.key, 'failed-to-pass')
    }
    return accumulator
  }

  addRow(event: RowFinished, isQuarantined: boolean): void {
    this.#counts[event.status]++
    this.#rows++
    if (isQuarantined) this.#quarantinedRows++
    const mark = this.#marks.get(event.key)
    if (mark !== undefined) this.#marks.delete(event.key)
    const isTaskFailed = event.status === 'error' || event.status === 'timeout'
    if (!isQuarantined && (isTaskFailed || mark === 'evaluator-failed')) this.#rowsWithErrors++
    if (!isTaskFailed && mark === undefined) return
    this.#failingCount++
    if (this.#failingUnits.length < MAX_FAILING_UNITS) this.#failingUnits.push(unitName(event))
  }

  /**
   * @param planned - units of this run, as far as they are known
   * @param lastAt - time of the last event, for a run that has not finished
   */
  summarize(planned: number, lastAt: number): RunSummary {
    const taskLatency = this.latencies.summarize()
    return {
      iteration: this.iteration,
      runId: this.#runId,
      rows: { ...this.#counts, pending: Math.max(0, planned - this.#rows) },
      ...(this.#quarantinedRows === 0 ? {} : { quarantinedRows: this.#quarantinedRows }),
      evaluatorErrors: this.#evaluatorErrors,
      rowsWithErrors: this.#rowsWithErrors,
      labels: Array.from(this.evaluators.values(), (evaluator) => evaluator.summarize()).flat(),
      summaries: this.#summaries,
      durationMs: this.#startedAt === undefined ? 0 : Math.max(0, (this.#finishedAt ?? lastAt) - this.#startedAt),
      ...(taskLatency === undefined ? {} : { taskLatency }),
      errors: this.#errors.list(),
      failingUnits: [...this.#failingUnits],
      failingCount: this.#failingCount,
      slowest: this.#slowest.list(),
    }
  }

  #evaluator(name: string): EvaluatorAccumulator {
    const known = this.evaluators.get(name)
    if (known !== undefined) return known
    const created = new EvaluatorAccumulator(name)
    this.evaluators.set(name, created)
    return created
  }
}

function passes(event: Extract<EvaluationFinished, { status: 'ok' }>): boolean {
  for (const evaluation of event.evaluations) {
    if (evaluation.assessment === 'fail' || (evaluation.type === 'boolean' && !evaluation.value)) return false
  }
  return true
}
