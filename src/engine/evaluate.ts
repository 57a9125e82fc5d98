import type { CallTiming, EvaluatorResult } from '../model/events.ts'
import type { CallEnd, FollowUp } from '../model/executor.ts'
import type { Json } from '../model/json.ts'
import { Attempt, type AttemptedCall, hasFailed } from './attempt.ts'
import type { Watched } from './deadlines.ts'
import { raiseError, timeoutError } from './failures.ts'
import type { RowRun } from './row.ts'
import { StoppedError } from './stop.ts'

/** What a row's evaluators need. */
export interface Evaluation {
  readonly row: RowRun
  readonly output: Json
  /** What came of evaluators that have followed their task already: of most of them. */
  readonly followUps: readonly FollowUp[]
  /** Frees the slot of the task, where evaluators have gone on in it. */
  readonly leaveTaskSlot: (() => void) | undefined
}

/** The evaluators that have gone on in the slot of their task, as one call. */
export function watchFollowUps({ unit, tools }: RowRun): Watched<readonly FollowUp[]> {
  return tools.deadlines.watch(unit.followUps(), tools.plan.evalTimeout)
}

/** Runs all evaluators of a row, each on its own. Returns those that are still to be waited for. */
export function runEvaluators(evaluation: Evaluation): readonly Promise<'kept' | 'missing'>[] {
  const { row, followUps, leaveTaskSlot } = evaluation
  const { evaluators } = row.tools.plan
  const leaveSlot = leaveTaskSlot === undefined ? ignore : countDown(evaluators.length, leaveTaskSlot)
  const open: Promise<'kept' | 'missing'>[] = []
  row.place.fork(evaluators.length)
  for (let index = 0; index < evaluators.length; index++) {
    const evaluator = evaluators[index] ?? ''
    const followUp = followUps[index] ?? NOT_BEGUN
    const result = finalResult(evaluator, followUp, row)
    if (followUp.status === 'ended' && result !== undefined) {
      emitEvaluation(row, { evaluator, result, end: followUp.end, waits: NO_WAITS, afterWrite: leaveSlot })
      row.place.join()
    } else open.push(runEvaluator(evaluator, { evaluation, followUp, leaveSlot }))
  }
  return open
}

const NOT_BEGUN: FollowUp = { status: 'not-begun' }

type Waits = Pick<CallTiming, 'queueMs' | 'retryWaitMs' | 'attempts'>

const NO_WAITS: Waits = { queueMs: 0, retryWaitMs: 0, attempts: 1 }

/** The result of an evaluator that has followed its task and is not to be tried again. */
function finalResult(evaluator: string, followUp: FollowUp, row: RowRun): EvaluatorResult | undefined {
  if (followUp.status !== 'ended') return undefined
  const { plan } = row.tools
  return plan.maxRetries > 0 && hasFailed(followUp.end) ? undefined : interpret(followUp.end, evaluator, row)
}

interface OpenEvaluator {
  readonly evaluation: Evaluation
  readonly followUp: FollowUp
  readonly leaveSlot: () => void
}

/** An evaluation that the end of the experiment cut short is missing, not failed. */
async function runEvaluator(evaluator: string, open: OpenEvaluator): Promise<'kept' | 'missing'> {
  const { row } = open.evaluation
  try {
    const attempt = new Attempt(evaluatorCall(evaluator, open.evaluation), row.tools)
    const end = await beginOrGoOn(attempt, open)
    attempt.unwatch()
    const result = interpret(end, evaluator, row)
    if (result !== undefined) {
      emitEvaluation(row, { evaluator, result, end, waits: attempt, afterWrite: attempt.release })
      return 'kept'
    }
    attempt.release()
  } catch (error) {
    if (!(error instanceof StoppedError)) throw error
  } finally {
    row.place.join()
  }
  return 'missing'
}

function beginOrGoOn(
  attempt: Attempt<EvaluatorResult>,
  { followUp, leaveSlot }: OpenEvaluator,
): Promise<CallEnd<EvaluatorResult>> {
  if (followUp.status === 'ended') return attempt.goOn({ call: followUp.end, leaveSlot })
  if (followUp.status === 'pending') return attempt.goOn({ call: followUp.call, leaveSlot })
  leaveSlot()
  return attempt.begin()
}

function evaluatorCall(evaluator: string, { row, output }: Evaluation): AttemptedCall<EvaluatorResult> {
  return { kind: 'evaluator', place: row.place, call: () => row.unit.callEvaluator(evaluator, output) }
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
  readonly evaluator: string
  readonly result: EvaluatorResult
  readonly end: CallEnd<EvaluatorResult>
  readonly waits: Waits
  readonly afterWrite: () => void
}

function emitEvaluation(
  { work, tools }: RowRun,
  { evaluator, result, end, waits, afterWrite }: EvaluationToEmit,
): void {
  const { startedAt, durationMs } = end
  const { queueMs, retryWaitMs, attempts } = waits
  const { key, iteration, generation } = work
  if (end.status === 'returned' && end.changes.length > 0) {
    tools.noteChanges(end.changes, `the evaluation of ${evaluator}`)
  }
  const type = 'evaluation-finished'
  if (result.status === 'ok') {
    const { status, evaluations } = result
    // biome-ignore format: one event, one line.
    tools.stream.emit({ type, evaluator, key, iteration, generation, startedAt, durationMs, queueMs, retryWaitMs, attempts, status, evaluations }, afterWrite)
    return
  }
  const timing = { startedAt, durationMs, queueMs, retryWaitMs, attempts }
  tools.stream.emit({ type, evaluator, key, iteration, generation, ...timing, ...result }, afterWrite)
  if (result.status !== 'skipped') raiseError(result.error, tools)
}

/** Calls back when it has been called so many times. */
function countDown(count: number, callback: () => void): () => void {
  let left = count
  return () => {
    left--
    if (left === 0) callback()
  }
}

function ignore(): void {}
