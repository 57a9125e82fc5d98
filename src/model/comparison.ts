import type { NamedSummaryResult } from './events.ts'
import type { Row } from './row.ts'
import type { Coverage, Interval } from './summary.ts'

/** Which way of a label's numbers is the good one. */
export type Direction = 'higher' | 'lower'

/** What a comparison says of one label. It never says that two experiments are the same: only that nothing shows a difference. */
export type ComparisonVerdict = 'improved' | 'regressed' | 'no evidence of a difference'

/** Which test gave the p-value. */
export type PairedTest = 'mcnemar-exact' | 'mcnemar-mid-p' | 'permutation' | 'paired-t'

/** Two experiments' numbers on the records that both have, each record's runs averaged first. */
export interface PairedDifference {
  /** Records that have a value on both sides. */
  readonly pairs: number
  /** Means over the pairs. */
  readonly baseline: number
  readonly candidate: number
  /** Candidate less baseline. */
  readonly difference: number
  /** 95 % interval of the difference. */
  readonly interval: Interval
  readonly test: PairedTest
  /** Two-sided. */
  readonly pValue: number
  /** The smallest true difference that so many pairs would have shown four times in five (80 % power at 5 %, two-sided). */
  readonly detectable: number
}

/** Why a label's numbers could not be held against each other. */
export type NotComparedReason = 'only-in-baseline' | 'only-in-candidate' | 'types-differ' | 'not-numeric' | 'no-pairs'

/** The same for people. */
export const notComparedReasons: { readonly [R in NotComparedReason]: string } = {
  'only-in-baseline': 'it is only in the baseline',
  'only-in-candidate': 'it is not in the baseline',
  'types-differ': 'its values are of another type in the baseline',
  'not-numeric': 'its values are no numbers',
  'no-pairs': 'no record has a value on both sides',
}

/** One label of two experiments. */
export type LabelComparison = {
  readonly label: string
  readonly evaluator: string
  readonly direction: Direction
  /** Rows of each side, whether paired or not; absent where the label is not there. */
  readonly coverage: { readonly baseline?: Coverage; readonly candidate?: Coverage }
} & (
  | ({
      readonly status: 'compared'
      readonly type: 'boolean' | 'score'
      /** After Holm's correction over the labels of the comparison. */
      readonly adjustedPValue: number
      readonly verdict: ComparisonVerdict
      /** Records that pass by this label in the candidate and failed by it in the baseline, and the other way round. */
      readonly fixed: number
      readonly broken: number
    } & PairedDifference)
  | { readonly status: 'not-compared'; readonly reason: NotComparedReason }
)

/** A record that fails on one side, or on both. It fails where any of its runs does. */
export interface FlippedRecord {
  readonly kind: 'fixed' | 'broken' | 'still-failing'
  readonly key: string
  /** The row that shows it: the first failing one, else the first. Absent where it cannot be read back, as from a baseline file. */
  readonly baseline?: Row
  readonly candidate?: Row
}

/** One side of a comparison. */
export interface ComparedExperiment {
  readonly experimentId: string
  readonly name: string
  /** The module as it was named on the command line; absent where that is not known, as of a baseline file. */
  readonly file?: string
  readonly runs: number
  /** Records with at least one finished row. */
  readonly records: number
  /** How it was named or found: `latest:capitals`, `baseline.json`, `git:main`. */
  readonly source: string
  /** Whether it came to its end. */
  readonly isComplete: boolean
}

/** Which records could be paired; keys are the first of each, in the order of the dataset. */
export interface Pairing {
  readonly paired: number
  readonly onlyInBaseline: { readonly count: number; readonly keys: readonly string[] }
  readonly onlyInCandidate: { readonly count: number; readonly keys: readonly string[] }
  /** On both sides, but with other content: never paired. */
  readonly changed: { readonly count: number; readonly keys: readonly string[] }
}

/** A summary evaluator's results in one run of each side, which say nothing about chance. */
export interface SummaryComparison {
  readonly name: string
  readonly iteration: number
  readonly baseline?: NamedSummaryResult
  readonly candidate?: NamedSummaryResult
}

/** What two experiments come to beside each other. */
export interface Comparison {
  readonly baseline: ComparedExperiment
  readonly candidate: ComparedExperiment
  readonly pairing: Pairing
  readonly labels: readonly LabelComparison[]
  /**
   * Milliseconds of the task's own calls; absent where no pair has them. Without a verdict: how fast a machine and a network are changes
   * for all records together, which is no chance that a test of pairs could tell from a difference.
   */
  readonly latency?: PairedDifference
  readonly summaries: readonly SummaryComparison[]
  readonly counts: { readonly fixed: number; readonly broken: number; readonly stillFailing: number }
  /** The first of each kind, in the order of the dataset: broken ones first. */
  readonly records: readonly FlippedRecord[]
}
