import type { LabelColumn, RunSummaries } from '../../backends/local/score-index/score-index.ts'
import type { ComparedExperiment } from '../../model/comparison.ts'
import type { DefinitionInfo } from '../../model/ports.ts'
import type { Row } from '../../model/row.ts'
import type { Coverage } from '../../model/summary.ts'

/** How a record came out, over all its runs: it fails where any of them does. `none`: no run of it has finished. */
export const recordStates = { none: '-', pass: 'p', fail: 'f' } as const

/** What stands under one label, by record. */
export interface RecordLabel {
  readonly label: string
  readonly evaluator: string
  /** `none`: there is no value. */
  readonly type: LabelColumn['type'] | 'none'
  readonly coverage: Coverage
  /** Means over the runs that have a value; NaN where none has. */
  readonly values: Float64Array
  /** A `recordStates` for each record; `none` also where nothing was said about passing. */
  readonly states: string
}

/** An experiment as it is compared: each record's runs averaged. Records are in the order of the dataset. */
export interface ExperimentScores {
  readonly experiment: ComparedExperiment
  /** Of its definition, where that is known. */
  readonly thresholds?: DefinitionInfo['thresholds']
  readonly keys: readonly string[]
  readonly contentHashes: readonly string[]
  /** A `recordStates` for each record. */
  readonly states: string
  /** Milliseconds, means over the runs whose task came to its end; NaN where none has. */
  readonly latencies: Float64Array
  readonly labels: readonly RecordLabel[]
  readonly summaries: readonly RunSummaries[]
  /** Reads back the row that shows how each of these records came out, by record; what cannot be read back is left out. */
  rows(records: readonly number[]): Promise<ReadonlyMap<number, Row>>
}
