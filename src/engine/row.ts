import type { RowStatus, TaskResult, UnitRef } from '../model/events.ts'
import type { CallEnd, ExecutorUnit } from '../model/executor.ts'
import type { RecordText } from '../model/row.ts'
import { type Attempted, attempt } from './attempt.ts'
import { runEvaluators } from './evaluate.ts'
import { raiseError, timeoutError } from './failures.ts'
import type { Place } from './place.ts'
import { endReasonOf, StoppedError } from './stop.ts'
import type { EngineTools } from './tools.ts'

/** A record × run iteration: what is scheduled. */
export interface WorkUnit extends UnitRef {
  readonly record: RecordText
}

/** A unit that has been begun, with all that its parts need. */
export interface RowRun {
  readonly work: WorkUnit
  readonly unit: ExecutorUnit
  readonly place: Place
  readonly tools: EngineTools
}

/**
 * Takes one unit through its task and its evaluators. A unit that the end of the experiment caught before its task was called
 * leaves no event: it is pending. Never rejects; user code that ended its thread stops the experiment.
 */
export async function runRow(work: WorkUnit, place: Place, tools: EngineTools): Promise<void> {
  if (tools.stop.reason !== undefined) return
  const row: RowRun = { work, unit: tools.executor.open(work.record, work.iteration), place, tools }
  try {
    await runParts(row)
  } catch (error) {
    if (!(error instanceof StoppedError)) tools.stop.stop(endReasonOf(error))
  } finally {
    row.unit.close()
  }
}

async function runParts(row: RowRun): Promise<void> {
  const { task, releaseTaskSlot } = await runTask(row)
  if (task.status === 'ok') {
    const evaluated = await runEvaluators({ row, output: task.output, releaseTaskSlot })
    if (evaluated === 'incomplete') return
  } else if (task.status !== 'cancelled') skipEvaluators(row)
  await finishRow(row, task.status)
}

type TaskOutcome = TaskResult | { readonly status: 'cancelled' }

interface EndedTask {
  readonly task: TaskOutcome
  /** Where evaluators go on in the slot of the task. */
  readonly releaseTaskSlot: (() => void) | undefined
}

async function runTask(row: RowRun): Promise<EndedTask> {
  const { unit, place, tools } = row
  const { plan, slots } = tools
  const followUp = slots.areShared && plan.evaluators.length > 0
  place.fork(1)
  const attempted = await attempt<TaskResult>(
    {
      kind: 'task',
      timeout: plan.timeout,
      place,
      call: (number) => unit.callTask(number, followUp),
      failed: (ended) => ended.status === 'abandoned' || ended.result.status !== 'ok',
    },
    tools,
  )
  const { release } = attempted
  const task = interpret(attempted.end, tools)
  if (task.status === 'cancelled') {
    release()
    return { task, releaseTaskSlot: undefined }
  }
  const isKept = followUp && task.status === 'ok'
  emitTask(row, { task, attempted, afterWrite: isKept ? undefined : release })
  if (task.status !== 'ok') raiseError(task.error, tools)
  return { task, releaseTaskSlot: isKept ? release : undefined }
}

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
  readonly attempted: Attempted<TaskResult>
  readonly afterWrite: (() => void) | undefined
}

// Members one by one, here and in the other hot places: spreads of many shapes cost more than the rest of a row.
function emitTask({ work, tools }: RowRun, { task, attempted, afterWrite }: TaskToEmit): void {
  const { end, timing } = attempted
  const { startedAt, durationMs, queueMs, retryWaitMs, attempts } = timing
  const { key, iteration, generation } = work
  if (end.status === 'returned' && end.changes.length > 0) tools.noteChanges(end.changes, 'the output of the task')
  const type = 'task-finished'
  if (task.status === 'ok') {
    const { status, output } = task
    // biome-ignore format: one event, one line.
    tools.stream.emit({ type, key, iteration, generation, startedAt, durationMs, queueMs, retryWaitMs, attempts, status, output }, afterWrite)
    return
  }
  tools.stream.emit({ type, key, iteration, generation, ...timing, ...task }, afterWrite)
}

function skipEvaluators({ work, tools }: RowRun): void {
  const { key, iteration, generation } = work
  const timing = { startedAt: 0, durationMs: 0, queueMs: 0, retryWaitMs: 0, attempts: 0 }
  for (const evaluator of tools.plan.evaluators) {
    const result = { status: 'skipped', reason: 'task-failed' } as const
    tools.stream.emit({ type: 'evaluation-finished', evaluator, key, iteration, generation, ...timing, ...result })
  }
}

/** Resolves when the row is written: until then it counts as begun. */
function finishRow({ work, tools }: RowRun, status: RowStatus): Promise<void> {
  const { key, iteration, generation } = work
  return new Promise((resolve) => {
    tools.stream.emit({ type: 'row-finished', key, iteration, generation, status }, resolve)
  })
}
