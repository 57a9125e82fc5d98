import type {
  ComparedExperiment,
  Comparison,
  ComparisonVerdict,
  Direction,
  FlippedRecord,
  LabelComparison,
  NotComparedReason,
  PairedDifference,
  PairedTest,
} from '../model/comparison.ts'
import type { NamedSummaryResult, RowStatus } from '../model/events.ts'
import { isFailing, type Row } from '../model/row.ts'
import type { Coverage } from '../model/summary.ts'
import { numberOrNull, parseOrNull } from './json-text.ts'

/** Two experiments beside each other. Durations are in milliseconds; a number that could not be computed is null. */
export interface JsonComparison {
  baseline: JsonSide
  candidate: JsonSide
  /** Records by whether they could be paired; keys are the first of each. */
  pairing: { paired: number; onlyInBaseline: JsonNamed; onlyInCandidate: JsonNamed; changed: JsonNamed }
  labels: JsonLabelComparison[]
  /** Of the task's own calls; null where no pair has them. */
  taskLatencyMs: JsonDifference | null
  summaryEvaluators: { name: string; iteration: number; baseline: JsonResult | null; candidate: JsonResult | null }[]
  counts: { fixed: number; broken: number; stillFailing: number }
  /** The first of each kind. */
  records: JsonFlippedRecord[]
}

interface JsonSide {
  /** Of the experiment. */
  id: string
  name: string
  /** How it was named or found: `latest:capitals`, `baseline.json`, `git:main`. */
  source: string
  runs: number
  records: number
  isComplete: boolean
}

interface JsonNamed {
  count: number
  keys: string[]
}

interface JsonDifference {
  pairs: number
  baseline: number | null
  candidate: number | null
  /** Candidate less baseline. */
  difference: number | null
  interval: { low: number | null; high: number | null; rough: boolean }
  test: PairedTest
  pValue: number
  /** The smallest difference that so many pairs would have shown four times in five. */
  detectable: number | null
}

type JsonLabelComparison = {
  label: string
  evaluator: string
  direction: Direction
  coverage: { baseline: Coverage | null; candidate: Coverage | null }
} & (
  | ({
      status: 'compared'
      type: 'boolean' | 'score'
      verdict: ComparisonVerdict
      adjustedPValue: number
      fixed: number
      broken: number
    } & JsonDifference)
  | { status: 'not-compared'; reason: NotComparedReason }
)

type JsonResult = { status: 'ok'; type: string; value: unknown } | { status: 'error'; message: string }

interface JsonFlippedRecord {
  kind: FlippedRecord['kind']
  key: string
  input: unknown
  expectedOutput: unknown
  baseline: JsonSideOfRecord | null
  candidate: JsonSideOfRecord | null
}

interface JsonSideOfRecord {
  iteration: number
  status: RowStatus
  isFailing: boolean
  output: unknown
  error: string | null
  evaluations: { label: string; value: unknown; assessment: string | null; reasoning: string | null }[]
}

export function buildJsonComparison(comparison: Comparison): JsonComparison {
  const { pairing, latency, counts } = comparison
  return {
    baseline: sideOf(comparison.baseline),
    candidate: sideOf(comparison.candidate),
    pairing: {
      paired: pairing.paired,
      onlyInBaseline: namedOf(pairing.onlyInBaseline),
      onlyInCandidate: namedOf(pairing.onlyInCandidate),
      changed: namedOf(pairing.changed),
    },
    labels: comparison.labels.map(labelOf),
    taskLatencyMs: latency === undefined ? null : differenceOf(latency),
    summaryEvaluators: comparison.summaries.map(({ name, iteration, baseline, candidate }) => ({
      name,
      iteration,
      baseline: resultOf(baseline),
      candidate: resultOf(candidate),
    })),
    counts: { ...counts },
    records: comparison.records.map(recordOf),
  }
}

function sideOf({ experimentId, name, source, runs, records, isComplete }: ComparedExperiment): JsonSide {
  return { id: experimentId, name, source, runs, records, isComplete }
}

function namedOf({ count, keys }: Comparison['pairing']['changed']): JsonNamed {
  return { count, keys: [...keys] }
}

function labelOf(compared: LabelComparison): JsonLabelComparison {
  const { label, evaluator, direction, coverage } = compared
  const { baseline = null, candidate = null } = coverage
  const common = { label, evaluator, direction, coverage: { baseline, candidate } }
  if (compared.status === 'not-compared') return { ...common, status: compared.status, reason: compared.reason }
  const { status, type, verdict, adjustedPValue, fixed, broken } = compared
  return { ...common, status, type, verdict, adjustedPValue, fixed, broken, ...differenceOf(compared) }
}

function differenceOf(difference: PairedDifference): JsonDifference {
  const { low, high, rough } = difference.interval
  return {
    pairs: difference.pairs,
    baseline: numberOrNull(difference.baseline),
    candidate: numberOrNull(difference.candidate),
    difference: numberOrNull(difference.difference),
    interval: { low: boundOrNull(low), high: boundOrNull(high), rough },
    test: difference.test,
    pValue: difference.pValue,
    detectable: boundOrNull(difference.detectable),
  }
}

/** What nothing bounds ends at the largest number there is. */
function boundOrNull(value: number): number | null {
  return Math.abs(value) === Number.MAX_VALUE ? null : numberOrNull(value)
}

function resultOf(result: NamedSummaryResult | undefined): JsonResult | null {
  if (result === undefined) return null
  if (result.status === 'error') return { status: result.status, message: result.error.message }
  const value = result.type === 'json' ? parseOrNull(result.value) : result.value
  return { status: result.status, type: result.type, value }
}

function recordOf({ kind, key, baseline, candidate }: FlippedRecord): JsonFlippedRecord {
  const record = (candidate ?? baseline)?.record
  return {
    kind,
    key,
    input: textOrNull(record?.input),
    expectedOutput: textOrNull(record?.expectedOutput),
    baseline: rowOf(baseline),
    candidate: rowOf(candidate),
  }
}

function rowOf(row: Row | undefined): JsonSideOfRecord | null {
  if (row === undefined) return null
  const { iteration, status, task, evaluations } = row
  return {
    iteration,
    status,
    isFailing: isFailing(row),
    output: task?.status === 'ok' ? parseOrNull(task.output) : null,
    error: task === undefined || task.status === 'ok' ? null : task.error.message,
    evaluations: evaluations.flatMap((result) =>
      result.status !== 'ok'
        ? []
        : result.evaluations.map(({ label, type, value, assessment = null, reasoning = null }) => ({
            label,
            value: type === 'json' ? parseOrNull(value) : value,
            assessment,
            reasoning,
          })),
    ),
  }
}

function textOrNull(json: string | undefined): unknown {
  return json === undefined ? null : parseOrNull(json)
}
