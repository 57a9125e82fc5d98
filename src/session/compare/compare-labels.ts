import type { Direction, LabelComparison, NotComparedReason, PairedDifference } from '../../model/comparison.ts'
import { comparePairs } from '../../stats/paired/compare-pairs.ts'
import { holm } from '../../stats/paired/holm.ts'
import { verdictOf } from '../../stats/paired/verdict.ts'
import type { Pairs } from './pair.ts'
import { type ExperimentScores, type RecordLabel, recordStates } from './scores.ts'

/** Which way of a label is the good one. */
export type DirectionOf = (label: string, evaluator: string) => Direction

interface Side {
  readonly label: string
  readonly baseline?: RecordLabel
  readonly candidate?: RecordLabel
}

type Measured = Side & { readonly difference: PairedDifference } & { readonly type: 'boolean' | 'score' }

/** Holds every label of two experiments against the other's, those of the candidate first and in its order. */
export function compareLabels(
  baseline: ExperimentScores,
  candidate: ExperimentScores,
  { pairs, directionOf }: { readonly pairs: Pairs; readonly directionOf: DirectionOf },
): LabelComparison[] {
  const measured = pairUp(baseline.labels, candidate.labels).map((side) => measure(side, pairs))
  const adjusted = holm(measured.flatMap((one) => ('difference' in one ? [one.difference.pValue] : [])))
  let next = 0
  return measured.map((one): LabelComparison => {
    const evaluator = (one.candidate ?? one.baseline)?.evaluator ?? one.label
    const direction = directionOf(one.label, evaluator)
    const common = { label: one.label, evaluator, direction, coverage: coverageOf(one) }
    if (!('difference' in one)) return { ...common, status: 'not-compared', reason: one.reason }
    const adjustedPValue = adjusted[next++] ?? 1
    const { difference, type } = one
    const verdict = verdictOf({ difference, adjustedPValue, direction })
    return { ...common, status: 'compared', type, ...difference, adjustedPValue, verdict, ...countFlips(one, pairs) }
  })
}

/** Of the task's own calls. */
export function compareLatency(
  baseline: ExperimentScores,
  candidate: ExperimentScores,
  pairs: Pairs,
): PairedDifference | undefined {
  return differenceOf(baseline.latencies, candidate.latencies, { pairs, kind: 'score' })
}

function pairUp(baseline: readonly RecordLabel[], candidate: readonly RecordLabel[]): Side[] {
  const left = new Map(baseline.map((one) => [one.label, one]))
  const right = new Map(candidate.map((one) => [one.label, one]))
  return [...new Set([...right.keys(), ...left.keys()])].map((label) => {
    const [old, current] = [left.get(label), right.get(label)]
    return {
      label,
      ...(old === undefined ? {} : { baseline: old }),
      ...(current === undefined ? {} : { candidate: current }),
    }
  })
}

function measure(side: Side, pairs: Pairs): Measured | (Side & { readonly reason: NotComparedReason }) {
  const { baseline, candidate } = side
  if (candidate === undefined) return { ...side, reason: 'only-in-baseline' }
  if (baseline === undefined) return { ...side, reason: 'only-in-candidate' }
  const { type } = candidate
  if (type === 'none' || baseline.type === 'none') return { ...side, reason: 'no-pairs' }
  if (type !== baseline.type) return { ...side, reason: 'types-differ' }
  if (type !== 'boolean' && type !== 'score') return { ...side, reason: 'not-numeric' }
  const difference = differenceOf(baseline.values, candidate.values, { pairs, kind: type })
  return difference === undefined ? { ...side, reason: 'no-pairs' } : { ...side, type, difference }
}

function differenceOf(
  baseline: Float64Array,
  candidate: Float64Array,
  { pairs, kind }: { readonly pairs: Pairs; readonly kind: 'boolean' | 'score' },
): PairedDifference | undefined {
  const left = new Float64Array(pairs.baseline.length)
  const right = new Float64Array(pairs.baseline.length)
  let count = 0
  for (const [index, place] of pairs.baseline.entries()) {
    const old = baseline[place] ?? Number.NaN
    const current = candidate[pairs.candidate[index] ?? -1] ?? Number.NaN
    if (Number.isNaN(old) || Number.isNaN(current)) continue
    left[count] = old
    right[count] = current
    count++
  }
  if (count === 0) return undefined
  return comparePairs({ baseline: left.subarray(0, count), candidate: right.subarray(0, count), kind })
}

function countFlips({ baseline, candidate }: Side, pairs: Pairs): { readonly fixed: number; readonly broken: number } {
  let [fixed, broken] = [0, 0]
  const [old, current] = [baseline?.states ?? '', candidate?.states ?? '']
  for (const [index, place] of pairs.baseline.entries()) {
    const before = old[place]
    const after = current[pairs.candidate[index] ?? -1]
    if (before === recordStates.fail && after === recordStates.pass) fixed++
    else if (before === recordStates.pass && after === recordStates.fail) broken++
  }
  return { fixed, broken }
}

function coverageOf({ baseline, candidate }: Side): LabelComparison['coverage'] {
  return {
    ...(baseline === undefined ? {} : { baseline: baseline.coverage }),
    ...(candidate === undefined ? {} : { candidate: candidate.coverage }),
  }
}
