import { toErrorInfo } from '../../model/error-info.ts'
import { LlmobsExpError } from '../../model/errors.ts'
import type { Json, JsonChange } from '../../model/json.ts'
import { parseJson } from '../../model/json.ts'
import type { HostCalls, RunningCall } from './host-calls.ts'
import type { HostExperiment } from './host-session.ts'
import { interpretSummary } from './interpret-evaluation.ts'
import { monotonicNow } from './monotonic.ts'
import type { FromThread, SummaryRowText, ToThread } from './protocol.ts'

/** Runs summary evaluators over the rows of a run. */
export interface HostSummaries {
  addRows(summary: number, rows: readonly SummaryRowText[]): void
  call(message: Extract<ToThread, readonly ['summary', ...unknown[]]>): void
  close(summary: number): void
}

interface SummariesOptions {
  readonly calls: HostCalls
  readonly experiment: HostExperiment
}

export function createSummaries({ calls, experiment }: SummariesOptions): HostSummaries {
  const open = new Map<number, SummaryRowText[]>()
  return {
    addRows(summary, rows) {
      const all = open.get(summary) ?? []
      for (const row of rows) all.push(row)
      open.set(summary, all)
    },
    call([, call, summary, evaluator]) {
      if (!calls.claim(call)) return
      const rows = open.get(summary)
      if (rows === undefined)
        throw new LlmobsExpError('E_INTERNAL', `the rows of summary ${summary} are not in this thread`)
      const running = calls.begin(call, { what: `summary evaluator ${evaluator}`, key: '' })
      void runSummary({ evaluator, rows, running, experiment, calls }).then((message) => calls.finish(running, message))
    },
    close(summary) {
      open.delete(summary)
    },
  }
}

interface SummaryCall {
  readonly evaluator: string
  readonly rows: SummaryRowText[]
  readonly running: RunningCall
  readonly experiment: HostExperiment
  readonly calls: HostCalls
}

async function runSummary({ evaluator, rows, running, experiment, calls }: SummaryCall): Promise<FromThread> {
  const { call, startedAt } = running
  try {
    const summarize = experiment.definition.summaryEvaluators[evaluator]
    if (summarize === undefined)
      throw new LlmobsExpError('E_INTERNAL', `the definition has no summary evaluator ${evaluator}`)
    const returned: unknown = await calls.enter(running, () => summarize(createColumns(rows, experiment)))
    const durationMs = monotonicNow() - startedAt
    const changes = new Set<JsonChange>()
    const result = interpretSummary(evaluator, returned, changes)
    return ['summarized', call, startedAt, durationMs, result, [...changes]]
  } catch (error) {
    const durationMs = monotonicNow() - startedAt
    return [
      'summarized',
      call,
      startedAt,
      durationMs,
      { status: 'error', error: toErrorInfo('E_SUMMARY_EVALUATOR', error) },
      [],
    ]
  }
}

/** A run's rows as columns, each built when it is first asked for: most summary evaluators want one or two. */
function createColumns(rows: SummaryRowText[], experiment: HostExperiment) {
  const column = <T>(build: (row: SummaryRowText) => T): (() => T[]) => {
    let built: T[] | undefined
    return () => {
      built ??= Array.from(sorted(rows), build)
      return built
    }
  }
  const inputs = column((row) => parse(row[3]))
  const outputs = column((row) => parse(row[4]))
  const expectedOutputs = column((row) => parse(row[5]))
  const metadata = column((row) => parse(row[6]))
  const allRows = column(toRow)
  let evaluations: object | undefined
  return {
    get inputs() {
      return inputs()
    },
    get outputs() {
      return outputs()
    },
    get expectedOutputs() {
      return expectedOutputs()
    },
    get metadata() {
      return metadata()
    },
    get rows() {
      return allRows()
    },
    get evaluations() {
      evaluations ??= createEvaluationColumns(sorted(rows), Object.keys(experiment.definition.evaluators))
      return evaluations
    },
  }
}

/** In the order of the dataset, whatever the order in which rows finished. */
function sorted(rows: SummaryRowText[]): SummaryRowText[] {
  return rows.sort((a, b) => a[0] - b[0])
}

function createEvaluationColumns(rows: readonly SummaryRowText[], evaluators: readonly string[]): object {
  const columns = new Map<string, unknown[]>()
  const columnOf = (label: string): unknown[] => {
    const column = columns.get(label) ?? new Array<unknown>(rows.length).fill(undefined)
    columns.set(label, column)
    return column
  }
  for (const evaluator of evaluators) columnOf(evaluator)
  rows.forEach((row, index) => {
    for (const [label, value] of evaluationsOf(row)) columnOf(label)[index] = value
  })
  return Object.fromEntries(columns)
}

function* evaluationsOf(row: SummaryRowText): Generator<readonly [label: string, value: unknown]> {
  const [, , , , , , , evaluations] = row
  for (let index = 0; index + 1 < evaluations.length; index += 2) {
    const label = evaluations[index]
    const value = evaluations[index + 1]
    if (label !== undefined && value !== undefined) yield [label, parseJson(value)]
  }
}

function toRow(row: SummaryRowText) {
  const [, recordId, status, input, output, expectedOutput, metadata] = row
  return {
    recordId,
    status,
    input: parse(input),
    output: parse(output),
    expectedOutput: parse(expectedOutput),
    metadata: parse(metadata),
    evaluations: Object.fromEntries(evaluationsOf(row)),
  }
}

function parse(json: Json | undefined): unknown {
  return json === undefined ? undefined : parseJson(json)
}
