import type { Failure } from '../model/outcome.ts'
import type { DefinitionInfo } from '../model/ports.ts'
import type { ExperimentSummary } from '../model/summary.ts'
import { hasCondition, type ThresholdCheck } from '../model/threshold.ts'
import { describeRange } from './thresholds/describe.ts'
import { findGot, targetIn } from './thresholds/find-got.ts'
import { meets } from './thresholds/meets.ts'

/**
 * What comes of each threshold: on an evaluator, by its mean or pass rate over all runs, or another number of its scores; on a
 * summary evaluator, by its value in every run (a boolean is 1 or 0). What has no such value misses its threshold.
 */
export function checkThresholds(
  thresholds: DefinitionInfo['thresholds'],
  summary: ExperimentSummary,
): ThresholdCheck[] {
  return Object.entries(thresholds).flatMap(([name, threshold]): ThresholdCheck[] => {
    if (!hasCondition(threshold)) return []
    const { min, max } = threshold
    const target = targetIn(name, summary)
    const got = findGot(target, threshold, summary)
    const isMet = got.value !== undefined && meets(got.value, threshold)
    return [
      {
        name,
        status: isMet ? 'met' : 'missed',
        ...(min === undefined ? {} : { min }),
        ...(max === undefined ? {} : { max }),
        ...got,
        wanted: describeRange(threshold, target),
      },
    ]
  })
}

export function missedThresholds(checks: readonly ThresholdCheck[]): Failure[] {
  return checks.flatMap(({ status, ...result }): Failure[] =>
    status === 'missed' ? [{ kind: 'threshold', ...result }] : [],
  )
}
