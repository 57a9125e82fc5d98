import type { ErrorInfo } from '../../src/model/errors.ts'
import type {
  CallTiming,
  EvaluatorResult,
  EventBody,
  EventStamp,
  Problem,
  RunEvent,
  TaskResult,
} from '../../src/model/events.ts'
import type { Outcome } from '../../src/model/outcome.ts'

const START = 1_795_000_000_000

export const stamp: EventStamp = { seq: 4, at: START + 12 }

export const timing: CallTiming & EventStamp = {
  startedAt: START,
  durationMs: 12,
  queueMs: 0,
  retryWaitMs: 0,
  attempts: 1,
  ...stamp,
}

/** Gives events the positions and times they have in a log. */
export function stamped(bodies: readonly EventBody[]): RunEvent[] {
  return bodies.map((body, index) => ({ ...body, seq: index + 1, at: START + index }))
}

export interface UnitParts {
  readonly key: string
  readonly iteration?: number
  readonly input?: string
  readonly task?: TaskResult
  readonly evaluators?: { readonly [name: string]: EvaluatorResult }
}

/** The events of one unit, from its record to its end. */
export function unitEvents({ key, iteration = 1, input = '"in"', task, evaluators = {} }: UnitParts): EventBody[] {
  const unit = { key, iteration, generation: 0 }
  const result: TaskResult = task ?? { status: 'ok', output: '"out"' }
  const record: EventBody = { type: 'record', key, contentHash: '0011223344556677', input }
  return [
    ...(iteration === 1 ? [record] : []),
    { type: 'task-finished', ...unit, ...timing, ...result },
    ...Object.entries(evaluators).map(
      ([evaluator, evaluation]): EventBody => ({
        type: 'evaluation-finished',
        evaluator,
        ...unit,
        ...timing,
        ...evaluation,
      }),
    ),
    { type: 'row-finished', ...unit, status: result.status },
  ]
}

export interface ExperimentParts {
  readonly name?: string
  readonly runs?: number
  readonly units?: readonly UnitParts[]
  readonly outcome?: Outcome
  readonly problems?: readonly Problem[]
}

/** All events of a complete experiment, in the order in which the log has them. */
export function experimentEvents(parts: ExperimentParts = {}): RunEvent[] {
  const { name = 'support-triage', runs = 1, units = [{ key: 't-1' }], problems = [] } = parts
  const iterations = Array.from({ length: runs }, (_, index) => index + 1)
  return stamped([
    {
      type: 'experiment-started',
      experimentId: '20261122t081503-k3f9q2',
      name,
      evaluators: ['correct'],
      summaryEvaluators: [],
      runs,
      jobs: 10,
      plannedRecords: units.length,
    },
    ...problems,
    ...iterations.flatMap((iteration): EventBody[] => [
      { type: 'run-started', iteration, runId: `c9f0f895-fb98-4b91-9d47-${String(iteration).padStart(12, '0')}` },
      ...units.flatMap((unit) => unitEvents({ ...unit, iteration })),
      { type: 'run-finished', iteration, summaries: [] },
    ]),
    { type: 'experiment-finished', outcome: parts.outcome ?? { status: 'passed', exitCode: 0 } },
  ])
}

export function taskError(message: string): TaskResult & { status: 'error' } {
  const error: ErrorInfo = { code: 'E_TASK', name: 'Error', message }
  return { status: 'error', error }
}
