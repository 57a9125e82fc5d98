import type { LabelledEvaluation, MetricType } from '../../../model/evaluation.ts'
import type { EvaluatorResult, RecordRead } from '../../../model/events.ts'
import { failsByTask, type Verdict, verdictOf } from '../../../model/row.ts'
import type { FinishedRow } from '../row-assembly.ts'
import { resultCodes, rowCodes, type ScoreIndex, verdictCodes } from './score-index.ts'

interface LabelCells {
  readonly evaluator: string
  readonly types: Set<MetricType>
  scored: number
  readonly values: (number | null)[]
  readonly verdicts: string[]
}

/** Columns that grow by a record or a row at a time. A label or an evaluator that comes late has nothing in the rows before. */
export class Columns {
  readonly #recordIndexes = new Map<string, number>()
  readonly #contentHashes: string[] = []
  readonly #offsets: number[] = []
  readonly #records: number[] = []
  readonly #iterations: number[] = []
  readonly #statuses: string[] = []
  readonly #latencies: (number | null)[] = []
  readonly #starts: number[] = []
  readonly #ends: number[] = []
  readonly #evaluators = new Map<string, string[]>()
  readonly #labels = new Map<string, LabelCells>()

  /** A record whose line comes again has changed. */
  addRecord({ key, contentHash }: Pick<RecordRead, 'key' | 'contentHash'>, offset: number): void {
    const known = this.#recordIndexes.get(key)
    const index = known ?? this.#recordIndexes.size
    this.#recordIndexes.set(key, index)
    this.#contentHashes[index] = contentHash
    this.#offsets[index] = offset
  }

  /** @param to where the last of its lines ends */
  addRow({ end, parts }: FinishedRow, to: number): void {
    const record = this.#recordIndexes.get(end.key)
    // The line of its record was damaged.
    if (record === undefined || end.status === 'cancelled') return
    const row = this.#records.length
    let isFailing = failsByTask(end.status)
    for (const result of parts.evaluations) isFailing = this.#addResult(result.evaluator, result, row) || isFailing
    this.#records.push(record)
    this.#iterations.push(end.iteration)
    this.#statuses.push(end.status === 'ok' && isFailing ? rowCodes.failingOk : rowCodes[end.status])
    this.#latencies.push(parts.task?.status === 'ok' ? parts.task.durationMs : null)
    this.#starts.push(parts.start)
    this.#ends.push(to)
  }

  finish(): Omit<ScoreIndex, 'log' | 'isResumed' | 'summaries'> {
    const rows = this.#records.length
    return {
      records: {
        keys: [...this.#recordIndexes.keys()],
        contentHashes: this.#contentHashes,
        offsets: this.#offsets,
      },
      rows: {
        records: this.#records,
        iterations: this.#iterations,
        statuses: this.#statuses.join(''),
        latencies: this.#latencies,
        starts: this.#starts,
        ends: this.#ends,
      },
      evaluators: Array.from(this.#evaluators, ([evaluator, results]) => ({
        evaluator,
        results: padded(results, rows, resultCodes.none).join(''),
      })),
      labels: Array.from(this.#labels, ([label, { evaluator, types, scored, values, verdicts }]) => {
        const [type = 'mixed', ...others] = types
        return {
          label,
          evaluator,
          type: others.length === 0 ? type : ('mixed' as const),
          scored,
          values: padded(values, rows, null),
          verdicts: padded(verdicts, rows, verdictCodes.none).join(''),
        }
      }),
    }
  }

  /** Returns whether the row fails by it. */
  #addResult(evaluator: string, result: EvaluatorResult, row: number): boolean {
    const column = this.#evaluators.get(evaluator) ?? []
    this.#evaluators.set(evaluator, column)
    padded(column, row, resultCodes.none)[row] = codeOf(result)
    if (result.status !== 'ok') return result.status !== 'skipped'
    let isFailing = false
    for (const evaluation of result.evaluations) {
      const verdict = verdictOf(evaluation)
      this.#addValue(evaluator, evaluation, { row, verdict })
      isFailing ||= verdict === 'fail'
    }
    return isFailing
  }

  #addValue(
    evaluator: string,
    evaluation: LabelledEvaluation,
    { row, verdict }: { readonly row: number; readonly verdict: Verdict | undefined },
  ): void {
    const { label, type, value } = evaluation
    const cells = this.#labels.get(label) ?? { evaluator, types: new Set(), scored: 0, values: [], verdicts: [] }
    this.#labels.set(label, cells)
    cells.types.add(type)
    cells.scored++
    const isNumeric = type === 'boolean' || type === 'score'
    padded(cells.values, row, null)[row] = isNumeric ? Number(value) : null
    padded(cells.verdicts, row, verdictCodes.none)[row] =
      verdict === 'pass' || verdict === 'fail' ? verdictCodes[verdict] : verdictCodes.none
  }
}

function codeOf({ status }: EvaluatorResult): string {
  if (status === 'ok') return resultCodes.ok
  return status === 'skipped' ? resultCodes.skipped : resultCodes.failed
}

/** The same array, filled up to a length. */
function padded<T>(cells: T[], length: number, filling: T): T[] {
  while (cells.length < length) cells.push(filling)
  return cells
}
