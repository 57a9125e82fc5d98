import type { ErrorCode } from '../model/errors.ts'
import type { MetricType } from '../model/evaluation.ts'
import type { NamedSummaryResult } from '../model/events.ts'
import type { EarlyEnd, EndReason, Failure, Outcome } from '../model/outcome.ts'
import type { ExperimentOutcome, ExperimentView, GroupOutcome } from '../model/ports.ts'
import type { ErrorGroup, LabelSummary, Latency, RowCounts, RunSummary } from '../model/summary.ts'
import { allRunsOf, type JsonAllRuns } from './json-all-runs.ts'
import { buildJsonComparison, type JsonComparison } from './json-comparison.ts'
import { deliveryOf, type JsonDelivery } from './json-delivery.ts'
import { numberOrNull, parseOrNull } from './json-text.ts'
import { intervalOf, type JsonInterval, type JsonThreshold, thresholdOf } from './json-threshold.ts'

/** Version of the document's format; grows when a member changes its meaning or goes. */
const JSON_REPORT_FORMAT = 1

/** What `--reporter json` prints. Durations are in milliseconds; a number that could not be computed is null. */
export interface JsonReport {
  formatVersion: typeof JSON_REPORT_FORMAT
  /** The exit code of the command. */
  exitCode: number
  /** Whether an experiment failed and the exit code is 0 all the same, as --exit-zero says. */
  exitZero: boolean
  experiments: JsonExperiment[]
}

interface JsonExperiment {
  id: string
  /** With the variant: `support-triage/large`. */
  name: string
  /** The module as it was named on the command line. */
  file: string
  outcome: JsonOutcome
  exitCode: number
  /** What came of each threshold; empty when it ended early. */
  thresholds: JsonThreshold[]
  /** Records that were run and counted for no threshold. */
  quarantine: { record: string; reason: string; until: string | null }[]
  /** Empty when the experiment was not started. */
  runs: JsonRun[]
  /** Null with a single run. */
  allRuns: JsonAllRuns<JsonEvaluator> | null
  durationMs: number
  taskLatencyMs: JsonLatency | null
  /** Of an experiment that was not started nothing is kept there. */
  log: { folder: string; eventsFile: string }
  /** Null where it was not to be pushed. */
  delivery: JsonDelivery | null
  /** Beside its baseline, or the first variant; null where there is none. */
  comparison: JsonComparison | null
  /** Null where it was run here. */
  pulled: { backend: string; place: string; id: string; link: string; at: string } | null
}

interface JsonOutcome {
  status: 'passed' | 'failed' | 'stopped'
  /** Why it did not pass. */
  failures: Failure[]
  /** Rows that ran until the verdict was certain, and those that were skipped from there on. */
  early: EarlyEnd | null
  /** Why it ended early; null when it did not. */
  stopped: { kind: EndReason['kind']; code: ErrorCode | null; message: string } | null
}

interface JsonRun {
  iteration: number
  runId: string
  /** Rows by status; `pending` ones were never finished. */
  rows: { -readonly [S in keyof RowCounts]: number }
  rowsWithErrors: number
  evaluatorErrors: number
  evaluators: JsonEvaluator[]
  summaryEvaluators: JsonSummaryEvaluator[]
  errors: JsonErrorGroup[]
  durationMs: number
  taskLatencyMs: JsonLatency | null
}

type JsonEvaluator = {
  label: string
  evaluator: string
  /** Rows the value was taken over. */
  scored: number
  errored: number
  skipped: number
  /** Rows of records in quarantine, which no number here counts. */
  quarantined: number
} & (
  | { type: 'boolean'; value: number | null; passed: number; interval: JsonInterval }
  | {
      type: 'score'
      value: number | null
      standardDeviation: number | null
      interval: JsonInterval
      p50: number | null
      p95: number | null
      min: number | null
      max: number | null
    }
  | { type: 'categorical'; counts: { value: string; count: number }[]; otherCount: number }
  | { type: 'json' }
  | { type: 'mixed'; counts: { [T in MetricType]: number } }
  | { type: 'none' }
)

type JsonSummaryEvaluator =
  | { name: string; status: 'ok'; type: MetricType; value: unknown }
  | { name: string; status: 'error'; code: ErrorCode; message: string }

interface JsonLatency {
  p50: number | null
  p95: number | null
  max: number | null
}

/** Errors with the same message. `evaluator` is null for errors of the task. */
interface JsonErrorGroup {
  evaluator: string | null
  code: ErrorCode
  message: string
  count: number
  /** The key of one record with this error. */
  exampleKey: string
}

/** Puts the document together. An experiment that was never started has no view, and no runs. */
export function buildJsonReport(outcome: GroupOutcome, views: ReadonlyMap<string, ExperimentView>): JsonReport {
  return {
    formatVersion: JSON_REPORT_FORMAT,
    exitCode: outcome.exitCode,
    exitZero: outcome.isForgiven === true,
    experiments: outcome.experiments.map((ended) => experimentOf(ended, views.get(ended.info.experimentId))),
  }
}

function experimentOf(ended: ExperimentOutcome, view: ExperimentView | undefined): JsonExperiment {
  const { info, outcome, delivery, comparison } = ended
  const summary = view?.summary()
  const isStarted = outcome.exitCode !== 2
  return {
    id: info.experimentId,
    name: info.name,
    file: info.file,
    outcome: outcomeOf(outcome),
    exitCode: outcome.exitCode,
    thresholds: outcome.status === 'stopped' ? [] : (outcome.thresholds ?? []).map(thresholdOf),
    quarantine: (info.quarantine ?? []).map(({ record, reason, until = null }) => ({ record, reason, until })),
    runs: isStarted ? (summary?.runs ?? []).map(runOf) : [],
    allRuns: isStarted && summary !== undefined && info.runs > 1 ? allRunsOf(summary, evaluatorOf) : null,
    durationMs: summary?.durationMs ?? 0,
    taskLatencyMs: latencyOf(summary?.taskLatency),
    log: { folder: info.folder, eventsFile: info.eventsFile },
    delivery: delivery === undefined ? null : deliveryOf(delivery),
    comparison: comparison === undefined ? null : buildJsonComparison(comparison),
    pulled: info.pulled === undefined ? null : { ...info.pulled },
  }
}

function outcomeOf(outcome: Outcome): JsonOutcome {
  const failures = outcome.status === 'passed' ? [] : [...outcome.failures]
  const { status } = outcome
  if (outcome.status === 'stopped') return { status, failures, early: null, stopped: stoppedOf(outcome.reason) }
  return { status, failures, early: outcome.early ?? null, stopped: null }
}

function stoppedOf(reason: EndReason): JsonOutcome['stopped'] {
  if (reason.kind === 'signal') return { kind: reason.kind, code: null, message: reason.signal }
  if (reason.kind === 'out-of-date' || reason.kind === 'interrupted')
    return { kind: reason.kind, code: null, message: reason.message }
  return { kind: reason.kind, code: reason.error.code, message: reason.error.message }
}

function runOf(run: RunSummary): JsonRun {
  return {
    iteration: run.iteration,
    runId: run.runId,
    rows: { ...run.rows },
    rowsWithErrors: run.rowsWithErrors,
    evaluatorErrors: run.evaluatorErrors,
    evaluators: run.labels.map(evaluatorOf),
    summaryEvaluators: run.summaries.map(summaryEvaluatorOf),
    errors: run.errors.map(errorGroupOf),
    durationMs: run.durationMs,
    taskLatencyMs: latencyOf(run.taskLatency),
  }
}

function evaluatorOf(summary: LabelSummary): JsonEvaluator {
  const { label, evaluator, scored, errored, skipped, quarantined = 0 } = summary
  const common = { label, evaluator, scored, errored, skipped, quarantined }
  switch (summary.type) {
    case 'boolean': {
      const { type, passRate, passed, interval } = summary
      return { ...common, type, value: numberOrNull(passRate), passed, interval: intervalOf(interval) }
    }
    case 'score':
      return {
        ...common,
        type: summary.type,
        value: numberOrNull(summary.mean),
        standardDeviation: numberOrNull(summary.standardDeviation),
        interval: intervalOf(summary.interval),
        p50: numberOrNull(summary.p50),
        p95: numberOrNull(summary.p95),
        min: numberOrNull(summary.min),
        max: numberOrNull(summary.max),
      }
    case 'categorical':
      return { ...common, type: summary.type, counts: [...summary.counts], otherCount: summary.otherCount }
    case 'mixed':
      return { ...common, type: summary.type, counts: { ...summary.counts } }
    case 'json':
    case 'none':
      return { ...common, type: summary.type }
  }
}

function summaryEvaluatorOf(summary: NamedSummaryResult): JsonSummaryEvaluator {
  const { name } = summary
  if (summary.status === 'error') {
    return { name, status: summary.status, code: summary.error.code, message: summary.error.message }
  }
  const value = summary.type === 'json' ? parseOrNull(summary.value) : summary.value
  return { name, status: summary.status, type: summary.type, value }
}

function errorGroupOf({ where, error, count, exampleKey }: ErrorGroup): JsonErrorGroup {
  return {
    evaluator: where === 'task' ? null : where.evaluator,
    code: error.code,
    message: error.message,
    count,
    exampleKey,
  }
}

function latencyOf(latency: Latency | undefined): JsonLatency | null {
  if (latency === undefined) return null
  return { p50: numberOrNull(latency.p50), p95: numberOrNull(latency.p95), max: numberOrNull(latency.max) }
}
