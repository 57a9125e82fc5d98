import type { ExperimentSummary, LabelSummary } from '../model/summary.ts'
import { numberOrNull } from './json-text.ts'

/** Several runs of an experiment together. */
export interface JsonAllRuns<Evaluator> {
  /** Intervals take into account that rows of the same record are alike. */
  evaluators: Evaluator[]
  /** How alike the runs of each record are, by boolean label. */
  stability: JsonStability[]
}

/** Counts of records. */
interface JsonStability {
  label: string
  /** Pass in every scored run, in none, in some. */
  stablePass: number
  stableFail: number
  flaky: number
  /** Scored in a single run. */
  single: number
  /** Of the first flaky records; at most 20. */
  flakyKeys: string[]
  /** Over the records with at least k scored runs: the share that passes in any, and in all, of k runs. */
  passAt: { k: number; records: number; passAtK: number | null; passHatK: number | null }[]
}

/** What a summary says of all runs; the numbers of a single run are its own. */
export function allRunsOf<Evaluator>(
  summary: ExperimentSummary,
  evaluatorOf: (label: LabelSummary) => Evaluator,
): JsonAllRuns<Evaluator> {
  return { evaluators: summary.labels.map(evaluatorOf), stability: summary.labels.flatMap(stabilityOf) }
}

function stabilityOf(label: LabelSummary): JsonStability[] {
  if (label.type !== 'boolean' || label.stability === undefined) return []
  const { stablePass, stableFail, flaky, single, flakyKeys, passAt } = label.stability
  const shares = passAt.map(({ k, records, passAtK, passHatK }) => ({
    k,
    records,
    passAtK: numberOrNull(passAtK ?? Number.NaN),
    passHatK: numberOrNull(passHatK ?? Number.NaN),
  }))
  return [{ label: label.label, stablePass, stableFail, flaky, single, flakyKeys: [...flakyKeys], passAt: shares }]
}
