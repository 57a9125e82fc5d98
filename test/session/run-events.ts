import type { ErrorCode, ErrorInfo } from '../../src/model/errors.ts'
import type { LabelledEvaluation, MetricValue } from '../../src/model/evaluation.ts'
import type {
  EvaluatorResult,
  EventBody,
  RowStatus,
  RunEvent,
  SummaryResult,
  TaskResult,
} from '../../src/model/events.ts'

const timing = { startedAt: 0, durationMs: 5, queueMs: 0, retryWaitMs: 0, attempts: 1 }

export function errorInfo(message: string, code: ErrorCode = 'E_TASK'): ErrorInfo {
  return { code, name: 'Error', message }
}

/** Any value as its metric: booleans, numbers, strings. */
function metric(value: boolean | number | string): MetricValue {
  if (typeof value === 'boolean') return { type: 'boolean', value }
  return typeof value === 'number' ? { type: 'score', value } : { type: 'categorical', value }
}

/** What one evaluator gives: values by label, `null` for not applicable, or an error. */
export type Given = { readonly [label: string]: boolean | number | string } | null | Error

export interface RowScript {
  readonly key: string
  readonly iteration?: number
  readonly status?: RowStatus
  readonly durationMs?: number
  readonly evaluations?: { readonly [evaluator: string]: Given }
  readonly assessment?: 'pass' | 'fail'
}

/** Writes events as the engine would, one second apart. */
export class EventScript {
  readonly events: RunEvent[] = []
  readonly #evaluators: readonly string[]
  readonly #runs: number

  constructor(evaluators: readonly string[], runs = 1, plannedRecords?: number) {
    this.#evaluators = evaluators
    this.#runs = runs
    this.push({
      type: 'experiment-started',
      experimentId: 'e1',
      name: 'capitals',
      evaluators,
      summaryEvaluators: [],
      runs,
      jobs: 10,
      ...(plannedRecords === undefined ? {} : { plannedRecords }),
    })
  }

  get info() {
    return { evaluators: this.#evaluators, runs: this.#runs }
  }

  push(...bodies: EventBody[]): this {
    for (const body of bodies) {
      const seq = this.events.length + 1
      this.events.push({ ...body, seq, at: seq * 1000 })
    }
    return this
  }

  startRun(iteration = 1): this {
    return this.push({ type: 'run-started', iteration, runId: `run ${iteration}` })
  }

  record(key: string): this {
    return this.push({ type: 'record', key, contentHash: '0', input: '1' })
  }

  row({ key, iteration = 1, status = 'ok', durationMs = 5, evaluations = {}, assessment }: RowScript): this {
    const unit = { key, iteration, generation: 0 }
    const isFailed = status === 'error' || status === 'timeout'
    const task: TaskResult = isFailed
      ? { status, error: errorInfo(`${status} in the task`) }
      : { status: 'ok', output: '1' }
    if (isFailed || status === 'ok') this.push({ type: 'task-finished', ...unit, ...timing, durationMs, ...task })
    for (const [evaluator, given] of Object.entries(evaluations)) {
      const result = isFailed ? skippedResult : evaluatorResult(given, assessment)
      this.push({ type: 'evaluation-finished', evaluator, ...unit, ...timing, ...result })
    }
    return this.push({ type: 'row-finished', ...unit, status })
  }

  finishRun(iteration = 1, summaries: { readonly [name: string]: SummaryResult } = {}): this {
    const named = Object.entries(summaries).map(([name, result]) => ({ name, ...result }))
    return this.push({ type: 'run-finished', iteration, summaries: named })
  }

  finish(): this {
    return this.push({ type: 'experiment-finished', outcome: { status: 'passed', exitCode: 0 } })
  }
}

const skippedResult: EvaluatorResult = { status: 'skipped', reason: 'task-failed' }

function evaluatorResult(given: Given, assessment: 'pass' | 'fail' | undefined): EvaluatorResult {
  if (given === null) return { status: 'skipped', reason: 'not-applicable' }
  if (given instanceof Error) return { status: 'error', error: errorInfo(given.message, 'E_EVALUATOR') }
  const evaluations = Object.entries(given).map(
    ([label, value]): LabelledEvaluation => ({
      label,
      ...metric(value),
      ...(assessment === undefined ? {} : { assessment }),
    }),
  )
  return { status: 'ok', evaluations }
}
