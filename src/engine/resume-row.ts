import type { ErrorInfo } from '../model/errors.ts'
import type { Replacing, TaskResult } from '../model/events.ts'
import { runEvaluators } from './evaluate.ts'
import { raiseError } from './failures.ts'
import type { Place } from './place.ts'
import { emitSkipped, finishRow, RowRun, runRow, type WorkUnit } from './row.ts'
import { endReasonOf, StoppedError } from './stop.ts'
import type { EngineTools } from './tools.ts'

/** A unit of an experiment that is gone on with. */
export type ResumedUnit = WorkUnit & Replacing & UnitCourse

export type UnitCourse =
  /** Nothing of it is there. */
  | { readonly kind: 'whole' }
  /** What its task came to is there and is not bought again; only evaluators are missing, if anything is. */
  | ({ readonly kind: 'partial' } & StoredResults)
  /** It is not run: what is missing of it fails. */
  | { readonly kind: 'failed'; readonly error: ErrorInfo; readonly stored?: StoredResults }
  /** It is not run any more. */
  | { readonly kind: 'skipped' }

export interface StoredResults {
  readonly task: TaskResult
  /** Evaluators that have a result which stands. */
  readonly evaluated: ReadonlySet<string>
}

/** Takes one unit to its end from where it was left. Never rejects. */
export function resumeRow(unit: ResumedUnit, place: Place, tools: EngineTools): Promise<void> {
  const own = unit.replaces === undefined ? tools : replacing(unit.replaces, tools)
  switch (unit.kind) {
    case 'whole':
      return runRow(unit, place, own)
    case 'partial':
      return endRow(rowOf(unit, place, { tools: own, stored: unit }), (row) => finishPartial(row, unit.task))
    case 'failed':
      return endRow(rowOf(unit, place, { tools: own, stored: unit.stored }), (row) => fail(row, unit))
    case 'skipped':
      return endRow(rowOf(unit, place, { tools: own, stored: undefined }), (row) => finishRow(row, 'skipped'))
  }
}

/** The same, but that events say what they take the place of. */
function replacing(replaces: number, tools: EngineTools): EngineTools {
  const { stream } = tools
  return {
    ...tools,
    // What it takes the place of has been run.
    isDecided: () => false,
    stream: { ...stream, emit: (body, afterWrite) => stream.emit(Object.assign(body, { replaces }), afterWrite) },
  }
}

interface RowParts {
  readonly tools: EngineTools
  readonly stored: StoredResults | undefined
}

/** A row whose evaluators are those that are missing. */
function rowOf(unit: WorkUnit, place: Place, { tools, stored }: RowParts): RowRun {
  const { plan } = tools
  const evaluators = plan.evaluators.filter((name) => stored?.evaluated.has(name) !== true)
  return new RowRun(unit, place, { ...tools, plan: { ...plan, evaluators } })
}

async function endRow(row: RowRun, end: (row: RowRun) => Promise<void>): Promise<void> {
  const { stop } = row.tools
  try {
    if (stop.reason === undefined) await end(row)
  } catch (error) {
    if (!(error instanceof StoppedError)) stop.stop(endReasonOf(error))
  } finally {
    row.unit.close()
  }
}

async function finishPartial(row: RowRun, task: TaskResult): Promise<void> {
  if (task.status === 'ok') {
    const open = runEvaluators({ row, output: task.output, followUps: [], leaveTaskSlot: undefined })
    if ((await Promise.all(open)).includes('missing')) return
  } else emitSkipped(row)
  await finishRow(row, task.status)
}

async function fail(row: RowRun, { error, stored }: Extract<UnitCourse, { kind: 'failed' }>): Promise<void> {
  const { work, tools } = row
  const { key, iteration, generation } = work
  const timing = { startedAt: tools.clock.now(), durationMs: 0, queueMs: 0, retryWaitMs: 0, attempts: 0 }
  const failed = { key, iteration, generation, ...timing, status: 'error', error } as const
  const task = stored?.task ?? failed
  if (stored === undefined) tools.stream.emit({ type: 'task-finished', ...failed })
  if (task.status === 'ok') {
    for (const evaluator of tools.plan.evaluators) {
      tools.stream.emit({ type: 'evaluation-finished', evaluator, ...failed })
    }
  } else emitSkipped(row)
  await finishRow(row, task.status)
  raiseError(error, tools)
}
