import type { NamedSummaryResult } from './events.ts'
import type { Row } from './row.ts'
import type { LabelSummary } from './summary.ts'

/**
 * What became of a row: it fails no more, it fails now, it came out another way, it was not there before, or it is gone.
 * A row that fails before and after is not `fixed` or `broken`, whatever else about it has changed.
 */
export type RowChangeKind = 'broken' | 'fixed' | 'changed' | 'new' | 'removed'

/** One row of two experiments. A side is absent where there is no such row, and where it cannot be read back. */
export interface RowChange {
  readonly kind: RowChangeKind
  readonly key: string
  readonly iteration: number
  readonly before?: Row
  readonly after?: Row
}

/** How many rows there are of each kind. */
export type RowChangeCounts = { readonly [K in RowChangeKind | 'same']: number }

/** A label whose numbers differ. */
export interface LabelChange {
  readonly label: string
  readonly before?: LabelSummary
  readonly after?: LabelSummary
  /** Rows of both experiments that pass by this label now and failed by it before. */
  readonly fixed: number
  /** The other way round. */
  readonly broken: number
}

/** A summary evaluator whose result differs. */
export interface SummaryChange {
  readonly name: string
  readonly before?: NamedSummaryResult
  readonly after?: NamedSummaryResult
}

/** What differs between two executions of one definition: a plain difference, which says nothing about chance. */
export interface ExperimentChanges {
  readonly name: string
  readonly runs: number
  readonly beforeId: string
  readonly afterId: string
  readonly labels: readonly LabelChange[]
  readonly summaries: readonly SummaryChange[]
  readonly counts: RowChangeCounts
  /** The first of each kind but `same`, in the order of the dataset. */
  readonly rows: readonly RowChange[]
}
