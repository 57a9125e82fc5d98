import { toErrorInfo } from '../model/error-info.ts'
import { LlmobsExpError } from '../model/errors.ts'
import type { EvaluatorResult, RowStatus, TaskResult, UnitRef } from '../model/events.ts'
import type { Json } from '../model/json.ts'
import type { CallEnd, ExecutorUnit } from '../model/ports.ts'
import type { RecordText } from '../model/row.ts'
import { attempt } from './attempt.ts'
import type { Place } from './place.ts'
import { endReasonOf, StoppedError } from './stop.ts'
import type { EngineTools } from './tools.ts'

/** A record × run iteration: what is scheduled. */
export interface WorkUnit extends UnitRef {
  readonly record: RecordText
}

interface RowRun {
  readonly ref: UnitRef
  readonly unit: ExecutorUnit
  readonly place: Place
  readonly tools: EngineTools
}

/**
 * Takes one unit through its task and its evaluators. A unit that the end of the experiment caught before its task was called
 * leaves no event: it is pending. Never throws; user code that ended its thread stops the experiment.
 */
export async function runRow(work: WorkUnit, place: Place, tools: EngineTools): Promise<void> {
  if (tools.stop.reason !== undefined) return
  const ref = { key: work.key, iteration: work.iteration, generation: work.generation }
  const unit = tools.executor.open(work.record, work.iteration)
  const row: RowRun = { ref, unit, place, tools }
  try {
    const task = await runTask(row)
    if (task.status === 'cancelled') return
    const evaluated = await runEvaluators(row, task)
    if (evaluated === 'complete') await finishRow(row, task.status)
  } catch (error) {
    if (!(error instanceof StoppedError)) tools.stop.stop(endReasonOf(error))
  } finally {
    unit.close()
  }
}

type TaskOutcome = TaskResult | { readonly status: 'cancelled' }

async function runTask(row: RowRun): Promise<TaskOutcome> {
  const { ref, unit, place, tools } = row
  const { plan, stream, slots } = tools
  place.fork(1)
  const { end, timing } = await attempt<TaskResult>(
    {
      kind: 'task',
      timeout: plan.timeout,
      maxRetries: plan.maxRetries,
      place,
      call: (number) => unit.callTask(number),
      failed: (ended) => ended.status === 'abandoned' || ended.result.status !== 'ok',
    },
    tools,
  )
  const result = interpretTask(end, tools)
  try {
    if (result.status === 'cancelled') {
      await stream.emit({ type: 'row-finished', ...ref, status: 'cancelled' })
      return result
    }
    if (end.status === 'returned') tools.noteChanges(end.changes, 'the output of the task')
    await stream.emit({ type: 'task-finished', ...ref, ...timing, ...result })
  } finally {
    slots.release('task')
  }
  if (result.status !== 'ok') raise(result.error, tools)
  return result
}

function interpretTask(end: CallEnd<TaskResult>, { plan, stop }: EngineTools): TaskOutcome {
  const isStopping = stop.reason !== undefined
  if (end.status === 'returned') {
    return isStopping && end.result.status === 'error' ? { status: 'cancelled' } : end.result
  }
  if (end.reason === 'shutdown' || isStopping) return { status: 'cancelled' }
  return { status: 'timeout', error: timeoutError('E_TASK_TIMEOUT', 'the task', plan.timeout) }
}

async function runEvaluators(row: RowRun, task: TaskResult): Promise<'complete' | 'incomplete'> {
  const { plan, stream } = row.tools
  if (task.status !== 'ok') {
    for (const evaluator of plan.evaluators) {
      const timing = { startedAt: 0, durationMs: 0, queueMs: 0, retryWaitMs: 0, attempts: 0 }
      void stream.emit({
        type: 'evaluation-finished',
        evaluator,
        ...row.ref,
        ...timing,
        status: 'skipped',
        reason: 'task-failed',
      })
    }
    return 'complete'
  }
  row.place.fork(plan.evaluators.length)
  const results = await Promise.all(
    plan.evaluators.map((evaluator) => runEvaluator(row, evaluator, task.output).finally(() => row.place.join())),
  )
  return results.includes('incomplete') ? 'incomplete' : 'complete'
}

async function runEvaluator(row: RowRun, evaluator: string, output: Json): Promise<'complete' | 'incomplete'> {
  const { ref, unit, place, tools } = row
  const { plan, stream, slots, stop } = tools
  const attempted = await attempt<EvaluatorResult>(
    {
      kind: 'evaluator',
      timeout: plan.evalTimeout,
      maxRetries: plan.maxRetries,
      place,
      call: () => unit.callEvaluator(evaluator, output),
      failed: (ended) => ended.status === 'abandoned' || ended.result.status === 'error',
    },
    tools,
  ).catch((error: unknown) => {
    if (error instanceof StoppedError) return 'stopped' as const
    throw error
  })
  if (attempted === 'stopped') return 'incomplete'
  const { end, timing } = attempted
  const result = interpretEvaluator(end, evaluator, plan.evalTimeout)
  // An evaluation that the end of the experiment cut short is missing, not failed.
  if (result === 'cancelled' || (stop.reason !== undefined && result.status === 'error')) {
    slots.release('evaluator')
    return 'incomplete'
  }
  if (end.status === 'returned') tools.noteChanges(end.changes, `the evaluation of ${evaluator}`)
  void stream
    .emit({ type: 'evaluation-finished', evaluator, ...ref, ...timing, ...result })
    .then(() => slots.release('evaluator'))
  if (result.status === 'error' || result.status === 'timeout') raise(result.error, tools)
  return 'complete'
}

function interpretEvaluator(
  end: CallEnd<EvaluatorResult>,
  evaluator: string,
  timeout: number,
): EvaluatorResult | 'cancelled' {
  if (end.status === 'returned') return end.result
  if (end.reason === 'shutdown') return 'cancelled'
  return { status: 'timeout', error: timeoutError('E_EVALUATOR_TIMEOUT', `evaluator ${evaluator}`, timeout) }
}

async function finishRow({ ref, tools }: RowRun, status: RowStatus): Promise<void> {
  await tools.stream.emit({ type: 'row-finished', ...ref, status })
}

function timeoutError(code: 'E_TASK_TIMEOUT' | 'E_EVALUATOR_TIMEOUT', what: string, timeout: number) {
  const hint = code === 'E_TASK_TIMEOUT' ? 'raise --timeout' : 'raise --eval-timeout'
  return toErrorInfo(code, new LlmobsExpError(code, `${what} ran longer than its timeout of ${timeout} ms`, { hint }))
}

function raise(error: ReturnType<typeof toErrorInfo>, { plan, stop }: EngineTools): void {
  if (plan.raiseErrors) stop.stop({ kind: 'raise-errors', error })
}
