import type { EvaluatorResult } from '../model/events.ts'
import type { Json } from '../model/json.ts'
import type { CallEnd } from '../model/ports.ts'
import { type Attempted, attempt } from './attempt.ts'
import { raiseError, timeoutError } from './failures.ts'
import type { RowRun } from './row.ts'
import { StoppedError } from './stop.ts'

/** The slot of a row's task, in which its evaluators may go on. */
export interface TaskSlot {
  /** One evaluator needs it no more. */
  leave(): void
}

/** The slot is freed when so many evaluators have left it. */
export function shareTaskSlot(release: () => void, evaluators: number): TaskSlot {
  let left = evaluators
  return {
    leave() {
      left--
      if (left === 0) release()
    },
  }
}

export interface EvaluationContext {
  readonly row: RowRun
  readonly output: Json
  /** Present when evaluators were allowed to begin in the wake of the task. */
  readonly slot: TaskSlot | undefined
}

/** Runs one evaluator of a row. An evaluation that the end of the experiment cut short is missing, not failed. */
export async function runEvaluator(evaluator: string, context: EvaluationContext): Promise<'kept' | 'missing'> {
  const { row } = context
  try {
    const attempted = await callEvaluator(evaluator, context)
    const result = interpret(attempted.end, evaluator, row)
    if (result !== undefined) {
      emitEvaluation(evaluator, row, { result, attempted })
      return 'kept'
    }
    attempted.release()
  } catch (error) {
    if (!(error instanceof StoppedError)) throw error
  } finally {
    row.place.join()
  }
  return 'missing'
}

function callEvaluator(evaluator: string, { row, output, slot }: EvaluationContext): Promise<Attempted<EvaluatorResult>> {
  const { unit, place, tools } = row
  const { evalTimeout, maxRetries } = tools.plan
  const first = slot === undefined ? {} : { first: { call: unit.followUp(evaluator), leaveSlot: slot.leave } }
  return attempt<EvaluatorResult>(
    {
      kind: 'evaluator',
      timeout: evalTimeout,
      maxRetries,
      place,
      ...first,
      call: () => unit.callEvaluator(evaluator, output),
      failed: (ended) => ended.status === 'abandoned' || ended.result.status === 'error',
    },
    tools,
  )
}

function interpret(
  end: CallEnd<EvaluatorResult>,
  evaluator: string,
  { tools: { plan, stop } }: RowRun,
): EvaluatorResult | undefined {
  const isStopping = stop.reason !== undefined
  if (end.status === 'returned') return isStopping && end.result.status === 'error' ? undefined : end.result
  if (isStopping) return undefined
  const error = timeoutError('E_EVALUATOR_TIMEOUT', `evaluator ${evaluator}`, plan.evalTimeout)
  return { status: 'timeout', error }
}

interface EvaluationToEmit {
  readonly result: EvaluatorResult
  readonly attempted: Attempted<EvaluatorResult>
}

function emitEvaluation(evaluator: string, { work, tools }: RowRun, { result, attempted }: EvaluationToEmit): void {
  const { end, timing, release } = attempted
  const { startedAt, durationMs, queueMs, retryWaitMs, attempts } = timing
  const { key, iteration, generation } = work
  if (end.status === 'returned' && end.changes.length > 0) {
    tools.noteChanges(end.changes, `the evaluation of ${evaluator}`)
  }
  const type = 'evaluation-finished'
  if (result.status === 'ok') {
    const { status, evaluations } = result
    tools.stream.emit(
      { type, evaluator, key, iteration, generation, startedAt, durationMs, queueMs, retryWaitMs, attempts, status, evaluations },
      release,
    )
    return
  }
  tools.stream.emit({ type, evaluator, key, iteration, generation, ...timing, ...result }, release)
  if (result.status !== 'skipped') raiseError(result.error, tools)
}
