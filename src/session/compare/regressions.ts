import type { RegressionGate } from '../../config/option-values.ts'
import type { Comparison, LabelComparison, NotComparedReason } from '../../model/comparison.ts'
import type { Failure } from '../../model/outcome.ts'
import { type ThresholdInfo, toleranceOf } from '../../model/threshold.ts'

/** By the names of a definition's thresholds. */
export type Tolerances = { readonly [name: string]: ThresholdInfo }

type Compared = Extract<LabelComparison, { readonly status: 'compared' }>

/** The last bits of a mean depend on the order of its rows; a gate must not. */
const ROUNDING = 1e-12

/** What may not be told where no label is named: that one is new, that it is gone with its evaluator, or that it has no numbers. */
const harmless: ReadonlySet<NotComparedReason> = new Set(['only-in-candidate', 'only-in-baseline', 'not-numeric'])

/**
 * Labels that got worse: by the verdict of the comparison, and by more than is tolerated. A label that was named and could not be
 * compared is none that passed.
 */
export function findRegressions(
  { labels, baseline }: Comparison,
  gates: readonly RegressionGate[],
  tolerances: Tolerances,
): Failure[] {
  if (gates.length === 0) return []
  const found = labels.flatMap((label): Failure[] => {
    const gate = gateOf(label, gates)
    if (gate === undefined) return []
    const common = { name: label.label, baseline: baseline.source }
    if (label.status === 'not-compared') {
      const isTold = gate.name !== undefined || !harmless.has(label.reason)
      return isTold ? [{ kind: 'not-compared', ...common, reason: label.reason }] : []
    }
    const { tolerance = toleranceOf(tolerances[label.label] ?? tolerances[label.evaluator]) } = gate
    return isRegression(label, tolerance) ? [regression(label, { ...common, tolerance })] : []
  })
  // Where nothing was held against the baseline, nothing has passed.
  const isEmpty = found.length === 0 && labels.every(({ status }) => status === 'not-compared')
  return isEmpty ? [{ kind: 'not-compared', name: 'all', baseline: baseline.source, reason: 'no-pairs' }] : found
}

/** The one that names the label stands before the one that names its evaluator, and that before the one that names nothing. */
function gateOf({ label, evaluator }: LabelComparison, gates: readonly RegressionGate[]): RegressionGate | undefined {
  return (
    gates.findLast(({ name }) => name === label) ??
    gates.findLast(({ name }) => name === evaluator) ??
    gates.findLast(({ name }) => name === undefined)
  )
}

function isRegression({ verdict, difference }: Compared, tolerance: number): boolean {
  return verdict === 'regressed' && Math.abs(difference) > tolerance + ROUNDING
}

function regression(
  { baseline: before, candidate: after, difference, interval, adjustedPValue: pValue, pairs }: Compared,
  common: { readonly name: string; readonly baseline: string; readonly tolerance: number },
): Failure {
  return { kind: 'regression', ...common, before, after, difference, interval, pValue, pairs }
}
