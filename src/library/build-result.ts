import type { NamedSummaryResult } from '../model/events.ts'
import { parseJson } from '../model/json.ts'
import type { ExperimentSummary } from '../model/summary.ts'
import type { EndedExperiment, EndedGroup } from '../session/run-group.ts'
import type { ExperimentNumbers } from './result.ts'
import { type PlainRow, toPlainRow } from './rows.ts'
import { type PlainTableRow, toTableRow } from './table.ts'

type AnyNumbers = ExperimentNumbers<object, { readonly [name: string]: unknown }>

interface RowSource {
  rows(): AsyncIterable<PlainRow>
  toTable(): Promise<PlainTableRow[]>
}

/** A result whose values are of any type; see `RunResult` of the public types. */
export interface PlainResult extends RowSource {
  readonly passed: boolean
  readonly exitCode: number
  readonly message: string
  readonly experiments: readonly (AnyNumbers & RowSource)[]
}

export function buildResult({ exitCode, lastLine, experiments: ended }: EndedGroup): PlainResult {
  const experiments = ended.map((one) => new Experiment(one))
  const labels = [...new Set(experiments.flatMap((experiment) => experiment.labels()))]
  return new Result({ exitCode, message: lastLine, experiments, labels })
}

/** What is its own is plain data: it can be sent to another thread, or written as JSON. */
class Experiment implements AnyNumbers, RowSource {
  readonly experimentId: string
  readonly name: string
  readonly passed: boolean
  readonly outcome: AnyNumbers['outcome']
  readonly summary: ExperimentSummary
  readonly evaluations: AnyNumbers['evaluations']
  readonly summaryValues: AnyNumbers['summaryValues']
  declare readonly delivery?: NonNullable<AnyNumbers['delivery']>
  readonly folder: string
  readonly eventsFile: string
  readonly #view: EndedExperiment['view']

  constructor({ info, outcome, view, delivery }: EndedExperiment) {
    this.#view = view
    this.experimentId = info.experimentId
    this.name = info.name
    this.passed = outcome.status === 'passed'
    this.outcome = outcome
    this.summary = view.summary()
    this.evaluations = Object.fromEntries(this.summary.labels.map((summary) => [summary.label, summary]))
    this.summaryValues = this.summary.runs.map(({ summaries }) => Object.fromEntries(summaries.flatMap(readValue)))
    if (delivery !== undefined) this.delivery = delivery
    this.folder = info.folder
    this.eventsFile = info.eventsFile
  }

  labels(): string[] {
    return this.summary.labels.map(({ label }) => label)
  }

  async *rows(): AsyncGenerator<PlainRow, void> {
    // Nothing is kept of one that was never begun.
    if (this.outcome.exitCode === 2) return
    for await (const row of this.#view.reader.rows({})) yield toPlainRow(this.name, row)
  }

  toTable(): Promise<PlainTableRow[]> {
    return tabulate(this.rows(), this.labels())
  }
}

interface ResultParts {
  readonly exitCode: number
  readonly message: string
  readonly experiments: readonly Experiment[]
  readonly labels: readonly string[]
}

class Result implements PlainResult {
  readonly passed: boolean
  readonly exitCode: number
  readonly message: string
  readonly experiments: readonly Experiment[]
  readonly #labels: readonly string[]

  constructor({ exitCode, message, experiments, labels }: ResultParts) {
    this.passed = exitCode === 0
    this.exitCode = exitCode
    this.message = message
    this.experiments = experiments
    this.#labels = labels
  }

  async *rows(): AsyncGenerator<PlainRow, void> {
    for (const experiment of this.experiments) yield* experiment.rows()
  }

  toTable(): Promise<PlainTableRow[]> {
    return tabulate(this.rows(), this.#labels)
  }
}

async function tabulate(rows: AsyncIterable<PlainRow>, labels: readonly string[]): Promise<PlainTableRow[]> {
  const table: PlainTableRow[] = []
  for await (const row of rows) table.push(toTableRow(row, labels))
  return table
}

function readValue(summary: NamedSummaryResult): [name: string, value: unknown][] {
  if (summary.status === 'error') return []
  return [[summary.name, summary.type === 'json' ? parseJson(summary.value) : summary.value]]
}
