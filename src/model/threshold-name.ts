import { namePattern } from './evaluation.ts'

/** What of an evaluator's scores a threshold may be on beside their mean: `tokens.p95`. */
export const scoreStatistics = ['p50', 'p95', 'min', 'max'] as const
export type ScoreStatistic = (typeof scoreStatistics)[number]

/** What of the latencies of tasks a threshold may be on: `latency.p95`. */
export const latencyStatistics = ['p50', 'p95', 'max'] as const
export type LatencyStatistic = (typeof latencyStatistics)[number]

/** What a threshold may be on beside what the definition has names for. Less is better of each, so they have a maximum alone. */
export type RowThresholdName = 'error-rate' | `latency.${LatencyStatistic}`

/** What a threshold is on. */
export type ThresholdTarget =
  /** Mean or pass rate of a label, or value of a summary evaluator. */
  | { readonly kind: 'value'; readonly name: string }
  | { readonly kind: 'score'; readonly label: string; readonly statistic: ScoreStatistic }
  /** Share of the planned units that have errors. */
  | { readonly kind: 'error-rate' }
  /** Of the task's own calls, in milliseconds. */
  | { readonly kind: 'latency'; readonly statistic: LatencyStatistic }

/** What a definition has names for. */
export interface ThresholdNames {
  readonly evaluators: readonly string[]
  readonly summaryEvaluators: readonly string[]
}

/**
 * What a name stands for; `ambiguous` where it may be either of two things, `undefined` where it is nothing. A name of the
 * definition's own goes before `error-rate` and `latency.*`. Which labels an evaluator with several values gives is known only when
 * it has run, so any that could be one is.
 */
export function findTarget(name: string, names: ThresholdNames): ThresholdTarget | 'ambiguous' | undefined {
  const { evaluators, summaryEvaluators } = names
  if (evaluators.includes(name) || summaryEvaluators.includes(name)) return { kind: 'value', name }
  const ofLabel = findLabelTarget(name, evaluators)
  const ofRows = findRowTarget(name)
  if (ofLabel?.kind === 'value' && ofRows !== undefined) return 'ambiguous'
  return ofLabel ?? ofRows
}

function findLabelTarget(name: string, evaluators: readonly string[]): ThresholdTarget | undefined {
  if (isLabelOf(name, evaluators)) return { kind: 'value', name }
  const dot = name.lastIndexOf('.')
  const label = name.slice(0, Math.max(dot, 0))
  const statistic = scoreStatistics.find((known) => known === name.slice(dot + 1))
  if (statistic === undefined || !(evaluators.includes(label) || isLabelOf(label, evaluators))) return undefined
  return { kind: 'score', label, statistic }
}

function findRowTarget(name: string): ThresholdTarget | undefined {
  if (name === 'error-rate') return { kind: 'error-rate' }
  const statistic = latencyStatistics.find((known) => name === `latency.${known}`)
  return statistic === undefined ? undefined : { kind: 'latency', statistic }
}

/** Whether it could be a label of one of them that gives several values. */
function isLabelOf(label: string, evaluators: readonly string[]): boolean {
  return evaluators.some(
    (evaluator) => label.startsWith(`${evaluator}-`) && namePattern.test(label.slice(evaluator.length + 1)),
  )
}

/** All names that there can be, but for labels of evaluators with several values: to suggest one of. */
export function thresholdNames({ evaluators, summaryEvaluators }: ThresholdNames): string[] {
  return [
    ...evaluators,
    ...summaryEvaluators,
    ...evaluators.flatMap((name) => scoreStatistics.map((statistic) => `${name}.${statistic}`)),
    'error-rate',
    ...latencyStatistics.map((statistic) => `latency.${statistic}`),
  ]
}
