import type { ExperimentSummary, LabelSummary, RowCounts, RunSummary } from '../../model/summary.ts'
import { mergeAll } from '../../stats/merge-all.ts'
import type { RecordClusters } from './record-clusters.ts'
import type { RunTally } from './run-tally.ts'

interface Parts {
  readonly tallies: readonly RunTally[]
  /** Of the same runs. */
  readonly summaries: readonly RunSummary[]
  /** Absent with a single run, where every record has one row. */
  readonly records: RecordClusters | undefined
  /** Planned units of runs that have not begun. */
  readonly unbegun: number
  readonly durationMs: number
}

/** All runs of an experiment together. */
export function summarizeRuns({ tallies, summaries, records, unbegun, durationMs }: Parts): ExperimentSummary {
  const taskLatency = mergeAll(tallies.map((run) => run.latencies))?.summarize()
  const quarantinedRows = summaries.reduce((sum, run) => sum + (run.quarantinedRows ?? 0), 0)
  return {
    ...(quarantinedRows === 0 ? {} : { quarantinedRows }),
    rows: addRows(summaries, unbegun),
    evaluatorErrors: summaries.reduce((sum, run) => sum + run.evaluatorErrors, 0),
    rowsWithErrors: summaries.reduce((sum, run) => sum + run.rowsWithErrors, 0),
    labels: records === undefined ? (summaries[0]?.labels ?? []) : mergeLabels(tallies, records),
    runs: summaries,
    durationMs,
    ...(taskLatency === undefined ? {} : { taskLatency }),
  }
}

function mergeLabels(tallies: readonly RunTally[], records: RecordClusters): LabelSummary[] {
  const names = new Set(tallies.flatMap((run) => [...run.evaluators.keys()]))
  const labels = [...names].flatMap((name) => {
    const parts = tallies.flatMap((run) => run.evaluators.get(name) ?? [])
    return mergeAll(parts)?.summarize((label) => records.of(label)) ?? []
  })
  return labels.map((label) => records.withStability(label))
}

function addRows(summaries: readonly RunSummary[], unbegun: number): RowCounts {
  const total = { ok: 0, error: 0, timeout: 0, skipped: 0, cancelled: 0, pending: unbegun }
  for (const { rows } of summaries) {
    total.ok += rows.ok
    total.error += rows.error
    total.timeout += rows.timeout
    total.skipped += rows.skipped
    total.cancelled += rows.cancelled
    total.pending += rows.pending
  }
  return total
}
