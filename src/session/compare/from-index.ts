import { readIndexedRows } from '../../backends/local/score-index/read-rows.ts'
import {
  type LabelColumn,
  resultCodes,
  rowCodes,
  type ScoreIndex,
} from '../../backends/local/score-index/score-index.ts'
import type { ComparedExperiment } from '../../model/comparison.ts'
import type { DefinitionInfo } from '../../model/ports.ts'
import type { Row } from '../../model/row.ts'
import type { Coverage } from '../../model/summary.ts'
import { type ExperimentScores, type RecordLabel, recordStates } from './scores.ts'

const [NONE, PASS, FAIL] = [0, 1, 2] as const
/** As bytes. */
const letters = Buffer.from(recordStates.none + recordStates.pass + recordStates.fail)

export interface IndexedExperiment
  extends Pick<ComparedExperiment, 'experimentId' | 'name' | 'file' | 'source' | 'isComplete'> {
  readonly thresholds: DefinitionInfo['thresholds']
  readonly eventsFile: string
  readonly index: ScoreIndex
}

/** Averages the rows of an index by record. */
export function scoresOfIndex({ index, eventsFile, thresholds, ...experiment }: IndexedExperiment): ExperimentScores {
  const { keys, contentHashes } = index.records
  const { states, shownRows } = judgeRecords(index)
  return {
    experiment: { ...experiment, runs: Math.max(0, ...new Set(index.rows.iterations)), records: countStates(states) },
    thresholds,
    keys,
    contentHashes,
    states: toLetters(states),
    latencies: averages(index, index.rows.latencies),
    labels: [...index.labels.map((label) => averageLabel(index, label)), ...silentEvaluators(index)],
    summaries: index.summaries,
    rows: (records) => readShown({ index, eventsFile }, shownRows, records),
  }
}

interface JudgedRecords {
  readonly states: Uint8Array
  /** Of each record the row that shows how it came out, by its number: the first that fails, else the first; -1 where there is none. */
  readonly shownRows: Int32Array
}

function judgeRecords({ records, rows }: ScoreIndex): JudgedRecords {
  const states = new Uint8Array(records.keys.length)
  const shownRows = new Int32Array(records.keys.length).fill(-1)
  for (const [row, record] of rows.records.entries()) {
    const status = rows.statuses[row]
    if (status === rowCodes.skipped) continue
    const state = status === rowCodes.ok ? PASS : FAIL
    if (state <= (states[record] ?? NONE)) continue
    states[record] = state
    shownRows[record] = row
  }
  return { states, shownRows }
}

function countStates(states: Uint8Array): number {
  let count = 0
  for (const state of states) if (state !== NONE) count++
  return count
}

function toLetters(states: Uint8Array): string {
  return Buffer.from(states.map((state) => letters[state] ?? 0)).toString('latin1')
}

function averageLabel(index: ScoreIndex, column: LabelColumn): RecordLabel {
  const { label, evaluator, type } = column
  return {
    label,
    evaluator,
    type,
    coverage: coverageOf(index, evaluator, column.scored),
    values: averages(index, column.values),
    states: labelStates(index, column),
  }
}

/** Sums of the values of each record, over how many it has. */
function averages({ records, rows }: ScoreIndex, values: readonly (number | null)[]): Float64Array {
  const sums = new Float64Array(records.keys.length)
  const counts = new Uint16Array(records.keys.length)
  for (const [row, value] of values.entries()) {
    const record = rows.records[row]
    if (value === null || record === undefined) continue
    sums[record] = (sums[record] ?? 0) + value
    counts[record] = (counts[record] ?? 0) + 1
  }
  return sums.map((sum, record) => (counts[record] === 0 ? Number.NaN : sum / (counts[record] ?? 1)))
}

function labelStates({ records, rows }: ScoreIndex, { verdicts }: LabelColumn): string {
  const states = new Uint8Array(records.keys.length)
  for (const [row, record] of rows.records.entries()) {
    const state = verdicts[row] === 'p' ? PASS : verdicts[row] === 'f' ? FAIL : NONE
    if (state > (states[record] ?? NONE)) states[record] = state
  }
  return toLetters(states)
}

function coverageOf({ evaluators }: ScoreIndex, evaluator: string, scored: number): Coverage {
  let [errored, called] = [0, 0]
  for (const result of evaluators.find((column) => column.evaluator === evaluator)?.results ?? '') {
    if (result !== resultCodes.none) called++
    if (result === resultCodes.failed) errored++
  }
  return { scored, errored, skipped: called - errored - scored }
}

/** An evaluator that never gave a value stands under its own name. */
function silentEvaluators(index: ScoreIndex): RecordLabel[] {
  const heard = new Set(index.labels.map(({ evaluator }) => evaluator))
  const records = index.records.keys.length
  return index.evaluators
    .filter(({ evaluator }) => !heard.has(evaluator))
    .map(({ evaluator }) => ({
      label: evaluator,
      evaluator,
      type: 'none' as const,
      coverage: coverageOf(index, evaluator, 0),
      values: new Float64Array(records).fill(Number.NaN),
      states: recordStates.none.repeat(records),
    }))
}

async function readShown(
  { index, eventsFile }: Pick<IndexedExperiment, 'index' | 'eventsFile'>,
  shownRows: Int32Array,
  records: readonly number[],
): Promise<ReadonlyMap<number, Row>> {
  const numbers = new Map(records.map((record) => [shownRows[record] ?? -1, record]))
  const shown = new Map<number, Row>()
  for (const [number, row] of await readIndexedRows(eventsFile, index, [...numbers.keys()])) {
    const record = numbers.get(number)
    if (record !== undefined) shown.set(record, row)
  }
  return shown
}
