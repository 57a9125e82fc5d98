import type { NamedSummaryResult } from '../../src/model/events.ts'
import type { ExperimentSummary, LabelSummary, LabelValue, RowCounts, RunSummary } from '../../src/model/summary.ts'

const noRows: RowCounts = { ok: 0, error: 0, timeout: 0, skipped: 0, cancelled: 0, pending: 0 }

interface SummaryScript {
  readonly rows?: Partial<RowCounts>
  readonly rowsWithErrors?: number
  readonly labels?: readonly LabelSummary[]
  /** What the summary evaluators of each run gave. */
  readonly runs?: readonly (readonly NamedSummaryResult[])[]
}

/** The numbers of an experiment, 100 rows that went well unless told otherwise. */
export function experimentSummary(script: SummaryScript = {}): ExperimentSummary {
  const { rows = { ok: 100 }, rowsWithErrors = 0, labels = [], runs = [[]] } = script
  const counts = { ...noRows, ...rows }
  return {
    rows: counts,
    evaluatorErrors: 0,
    rowsWithErrors,
    labels,
    durationMs: 0,
    runs: runs.map((summaries, index): RunSummary => {
      const iteration = index + 1
      const own = { iteration, runId: '', rows: counts, evaluatorErrors: 0, rowsWithErrors, labels, summaries }
      return { ...own, durationMs: 0, errors: [], failingUnits: [], failingCount: 0, slowest: [] }
    }),
  }
}

/** One evaluator's numbers over 100 rows. */
export function labelSummary(label: string, value: LabelValue, scored = 100): LabelSummary {
  return { label, evaluator: label, scored, errored: 100 - scored, skipped: 0, ...value }
}

export function passRate(rate: number): LabelValue {
  return { type: 'boolean', passRate: rate, passed: rate * 100, interval: { low: 0.75, high: 0.91, rough: false } }
}

export function mean(value: number): LabelValue {
  const interval = { low: value - 1, high: value + 1, rough: true }
  return { type: 'score', mean: value, standardDeviation: 1, interval, p50: value, p95: value, min: 0, max: value }
}
