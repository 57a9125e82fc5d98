import type { Plan } from '../engine/plan.ts'
import type { Problem } from '../model/events.ts'
import type { ErrorAllowance } from '../model/outcome.ts'
import type { DefinitionInfo } from '../model/ports.ts'
import type { ExperimentSummary } from '../model/summary.ts'
import { hasCondition } from '../model/threshold.ts'
import { findTarget, type ThresholdTarget } from '../model/threshold-name.ts'
import { CertaintyWatch } from './certainty/watch.ts'
import type { EarlyVerdict } from './outcome.ts'

export interface CertaintyInput {
  readonly plan: Plan
  readonly verdict: {
    readonly stopWhenCertain: boolean
    readonly maxErrors: ErrorAllowance
    readonly thresholds: DefinitionInfo['thresholds']
  }
  /** What it has come to before, where it is gone on with. */
  readonly past?: ExperimentSummary | undefined
}

/** Absent where it was not asked for, or the number of rows is not known. */
export function watchCertainty({ plan, verdict, past }: CertaintyInput): CertaintyWatch | undefined {
  const { plannedRecords, runs, quarantine = [] } = plan
  if (!verdict.stopWhenCertain || plannedRecords === undefined) return undefined
  const watch = new CertaintyWatch({ ...verdict, names: plan, plannedUnits: plannedRecords * runs, quarantine })
  if (past !== undefined) watch.seed(past)
  return watch
}

/** Absent where all rows ran. */
export function earlyVerdict(watch: CertaintyWatch | undefined, { rows }: ExperimentSummary): EarlyVerdict | undefined {
  if (watch?.isDecided !== true || rows.skipped === 0) return undefined
  return {
    ran: rows.ok + rows.error + rows.timeout,
    skipped: rows.skipped,
    certaintyOf: (name) => watch.certaintyOf(name),
  }
}

/** Why `--stop-when-certain` could do nothing. */
export function describeNeverCertain({ plan, verdict }: CertaintyInput): Problem[] {
  if (!verdict.stopWhenCertain) return []
  const names = Object.entries(verdict.thresholds).filter(([, range]) => hasCondition(range))
  const canBe = names.some(([name]) => canBeCertain(findTarget(name, plan), plan))
  const why =
    plan.plannedRecords === undefined
      ? 'how many rows there will be is not known beforehand'
      : canBe
        ? undefined
        : 'no threshold can be certain before the last row; only errors beyond --max-errors end it early'
  if (why === undefined) return []
  const message = `--stop-when-certain: ${why}`
  return [{ type: 'problem', severity: 'warning', code: 'W_NEVER_CERTAIN', message }]
}

/** A mean may be a pass rate; which it is shows in the first value. */
function canBeCertain(
  target: ThresholdTarget | 'ambiguous' | undefined,
  { evaluators, summaryEvaluators }: Plan,
): boolean {
  if (target === undefined || target === 'ambiguous') return false
  if (target.kind === 'value') return evaluators.includes(target.name) || !summaryEvaluators.includes(target.name)
  return target.kind === 'error-rate' || target.statistic === 'max' || target.statistic === 'min'
}
