import type { ErrorInfo } from '../model/errors.ts'
import type { RowStatus, TaskResult, UnitRef } from '../model/events.ts'
import type { CallEnd, ExecutorUnit, FollowUp, PendingCall } from '../model/executor.ts'
import type { RecordText } from '../model/row.ts'
import { Attempt, type AttemptedCall } from './attempt.ts'
import { runEvaluators, watchFollowUps } from './evaluate.ts'
import { raiseError, timeoutError } from './failures.ts'
import type { Place } from './place.ts'
import { endReasonOf, StoppedError } from './stop.ts'
import type { EngineTools } from './tools.ts'

/** A record × run iteration: what is scheduled. */
export interface WorkUnit extends UnitRef {
  readonly record: RecordText
}

/** A unit that has been begun, with all that its parts need. A class for its price. */
export class RowRun implements AttemptedCall<TaskResult> {
  readonly kind = 'task'
  readonly work: WorkUnit
  readonly unit: ExecutorUnit
  readonly place: Place
  readonly tools: EngineTools

  constructor(work: WorkUnit, place: Place, tools: EngineTools) {
    this.work = work
    this.unit = tools.executor.open(work.record, work.iteration, work.generation)
    this.place = place
    this.tools = tools
  }

  /** Whether evaluators may follow the task in its slot. */
  get canFollow(): boolean {
    return this.tools.slots.areShared && this.tools.plan.evaluators.length > 0
  }

  call(attempt: number): PendingCall<CallEnd<TaskResult>> {
    return this.unit.callTask(attempt, this.canFollow)
  }
}

/**
 * Takes one unit through its task and its evaluators. A unit that the end of the experiment caught before its task was called
 * leaves no event: it is pending. Never rejects; user code that ended its thread stops the experiment.
 */
export async function runRow(work: WorkUnit, place: Place, tools: EngineTools): Promise<void> {
  tools.errorBrake.pull()
  if (tools.stop.reason !== undefined) return
  if (tools.isDecided?.() === true) return skipRow(work, tools)
  const row = new RowRun(work, place, tools)
  // One function that waits, not several within one another: what a row holds while it waits is most of what the engine holds.
  try {
    place.fork(1)
    const attempt = new Attempt(row, tools)
    const end = await attempt.begin()
    attempt.unwatch()
    const task = interpret(end, tools)
    const follows = row.canFollow && task.status === 'ok'
    if (task.status === 'cancelled') attempt.release()
    else emitTask(row, { task, end, attempt, afterWrite: follows ? undefined : attempt.release })
    if (task.status === 'ok') {
      const watched = follows ? watchFollowUps(row) : undefined
      const followUps = watched === undefined ? NO_FOLLOW_UPS : await watched.call.ended
      if (watched !== undefined) tools.deadlines.unwatch(watched)
      const leaveTaskSlot = follows ? attempt.release : undefined
      const open = runEvaluators({ row, output: task.output, followUps, leaveTaskSlot })
      if (open.length > 0 && (await Promise.all(open)).includes('missing')) return
    } else if (task.status !== 'cancelled') skipEvaluators(row, task.error)
    await finishRow(row, task.status)
  } catch (error) {
    if (!(error instanceof StoppedError)) tools.stop.stop(endReasonOf(error))
  } finally {
    row.unit.close()
  }
}

const NO_FOLLOW_UPS: readonly FollowUp[] = []

type TaskOutcome = TaskResult | { readonly status: 'cancelled' }

function interpret(end: CallEnd<TaskResult>, { plan, stop }: EngineTools): TaskOutcome {
  const isStopping = stop.reason !== undefined
  if (end.status === 'returned') {
    return isStopping && end.result.status === 'error' ? { status: 'cancelled' } : end.result
  }
  if (isStopping) return { status: 'cancelled' }
  return { status: 'timeout', error: timeoutError('E_TASK_TIMEOUT', 'the task', plan.timeout) }
}

interface TaskToEmit {
  readonly task: TaskResult
  readonly end: CallEnd<TaskResult>
  readonly attempt: Attempt<TaskResult>
  readonly afterWrite: (() => void) | undefined
}

// Members one by one, here and in the other hot places: spreads of many shapes cost more than the rest of a row.
function emitTask({ work, tools }: RowRun, { task, end, attempt, afterWrite }: TaskToEmit): void {
  const { startedAt, durationMs } = end
  const { queueMs, retryWaitMs, attempts } = attempt
  const { key, iteration, generation } = work
  tools.errorBrake.note(task)
  if (end.status === 'returned' && end.changes.length > 0) tools.noteChanges(end.changes, 'the output of the task')
  const type = 'task-finished'
  if (task.status === 'ok') {
    const { status, output } = task
    // biome-ignore format: one event, one line.
    tools.stream.emit({ type, key, iteration, generation, startedAt, durationMs, queueMs, retryWaitMs, attempts, status, output }, afterWrite)
    return
  }
  const timing = { startedAt, durationMs, queueMs, retryWaitMs, attempts }
  tools.stream.emit({ type, key, iteration, generation, ...timing, ...task }, afterWrite)
}

function skipEvaluators(row: RowRun, error: ErrorInfo): void {
  raiseError(error, row.tools)
  emitSkipped(row)
}

/** All evaluators of a row whose task has failed. */
export function emitSkipped({ work, tools }: RowRun): void {
  const { key, iteration, generation } = work
  const timing = { startedAt: 0, durationMs: 0, queueMs: 0, retryWaitMs: 0, attempts: 0 }
  for (const evaluator of tools.plan.evaluators) {
    const result = { status: 'skipped', reason: 'task-failed' } as const
    tools.stream.emit({ type: 'evaluation-finished', evaluator, key, iteration, generation, ...timing, ...result })
  }
}

function skipRow(work: WorkUnit, tools: EngineTools): Promise<void> {
  tools.cutRuns.add(work.iteration)
  return finishRow({ work, tools }, 'skipped')
}

/** Resolves when the row is written: until then it counts as begun. */
export function finishRow({ work, tools }: Pick<RowRun, 'work' | 'tools'>, status: RowStatus): Promise<void> {
  const { key, iteration, generation } = work
  return new Promise((resolve) => {
    tools.stream.emit({ type: 'row-finished', key, iteration, generation, status }, resolve)
  })
}
