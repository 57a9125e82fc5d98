import { toErrorInfo } from '../model/error-info.ts'
import { LlmobsExpError } from '../model/errors.ts'
import type { NamedSummaryResult, SummaryResult } from '../model/events.ts'
import type { CallEnd, SummaryCalls } from '../model/executor.ts'
import type { Row } from '../model/row.ts'
import { callWatched } from './attempt.ts'
import type { Plan } from './plan.ts'
import { endReasonOf } from './stop.ts'
import type { EngineTools } from './tools.ts'

/** Keeps count of the rows of each run and finishes a run when its last row has ended. */
export interface Runs {
  /** Resolves when everything before this run is written, so that it can be read back. */
  start(iteration: number): Promise<void>
  /** A run that has begun before, and whose rows are not complete or are to change. */
  reopen(iteration: number): void
  /** One more unit of this run was handed out. */
  begin(iteration: number): void
  /** One unit of this run has ended. */
  end(iteration: number): void
  /** No more units of this run will come. */
  allFed(iteration: number): void
  /** Resolves when every run whose units have all ended is finished. */
  settled(): Promise<void>
}

export function createRuns(tools: EngineTools): Runs {
  const open = new Map<number, { pending: number; fed: boolean }>()
  let finishing: Promise<unknown> = Promise.resolve()

  const finishIfDone = (iteration: number): void => {
    const run = open.get(iteration)
    if (run === undefined || !run.fed || run.pending > 0 || tools.stop.reason !== undefined) return
    open.delete(iteration)
    finishing = finishing.then(() => finishRun(iteration, tools))
  }
  const count = (iteration: number, change: number): void => {
    const run = open.get(iteration)
    if (run !== undefined) run.pending += change
  }

  return {
    start(iteration) {
      open.set(iteration, { pending: 0, fed: false })
      return new Promise((resolve) => {
        tools.stream.emit({ type: 'run-started', iteration, runId: tools.ids.uuid() }, resolve)
      })
    },
    reopen: (iteration) => void open.set(iteration, { pending: 0, fed: false }),
    begin: (iteration) => count(iteration, 1),
    end(iteration) {
      count(iteration, -1)
      finishIfDone(iteration)
    },
    allFed(iteration) {
      const run = open.get(iteration)
      if (run !== undefined) run.fed = true
      finishIfDone(iteration)
    },
    async settled() {
      await finishing
    },
  }
}

async function finishRun(iteration: number, tools: EngineTools): Promise<void> {
  if (tools.stop.reason !== undefined) return
  try {
    const summaries = await summarize(iteration, tools)
    if (tools.stop.reason === undefined) tools.stream.emit({ type: 'run-finished', iteration, summaries })
  } catch (error) {
    tools.stop.stop(endReasonOf(error))
  }
}

async function summarize(iteration: number, tools: EngineTools): Promise<NamedSummaryResult[]> {
  const { plan, executor, reader, stop } = tools
  if (plan.summaryEvaluators.length === 0 || tools.cutRuns.has(iteration)) return []
  const calls = await executor.summarize(withoutQuarantined(reader.rows({ iteration }), plan))
  try {
    if (stop.reason !== undefined) return []
    return await Promise.all(plan.summaryEvaluators.map((name) => callOne(name, calls, tools)))
  } finally {
    calls.close()
  }
}

async function* withoutQuarantined(rows: AsyncIterable<Row>, { quarantine = [] }: Plan): AsyncGenerator<Row, void> {
  const keys = new Set(quarantine.map(({ record }) => record))
  for await (const row of rows) if (!keys.has(row.key)) yield row
}

async function callOne(name: string, calls: SummaryCalls, tools: EngineTools): Promise<NamedSummaryResult> {
  const end = await callWatched(calls.call(name), tools.plan.evalTimeout, tools)
  return { name, ...interpret(end, name, tools.plan.evalTimeout) }
}

function interpret(end: CallEnd<SummaryResult>, name: string, timeout: number): SummaryResult {
  if (end.status === 'returned') return end.result
  const message =
    end.reason === 'timeout'
      ? `summary evaluator ${name} ran longer than its timeout of ${timeout} ms`
      : `summary evaluator ${name} was ended with the experiment`
  const error = new LlmobsExpError('E_SUMMARY_EVALUATOR', message, { hint: 'raise --eval-timeout' })
  return { status: 'error', error: toErrorInfo('E_SUMMARY_EVALUATOR', error) }
}
