import { z } from 'zod'
import { errorCodes } from '../../src/model/errors.ts'
import { comparisonSchema, notComparedReason } from './json-comparison-schema.ts'

const count = z.int().min(0)
const value = z.number().nullable()
const code = z
  .string()
  .meta({ description: 'An error code such as E_TASK.', examples: Object.keys(errorCodes).slice(0, 3) })
const interval = z
  .object({ low: value, high: value, rough: z.boolean() })
  .meta({ description: 'A 95 % interval; rough when there is too little data for it to mean much.' })
const latency = z
  .object({ p50: value, p95: value, max: value })
  .nullable()
  .meta({ description: "Milliseconds of the task's own calls, waiting not counted; null while none has finished." })
const duration = z.number().meta({ description: 'Milliseconds.' })
const metricType = z.enum(['boolean', 'score', 'categorical', 'json'])

const coverage = {
  label: z.string().meta({ description: "The evaluator's name; with the key of the value where it gives several." }),
  evaluator: z.string(),
  scored: count.meta({ description: 'Rows the value was taken over.' }),
  errored: count.meta({ description: 'Rows on which the evaluator failed.' }),
  skipped: count.meta({ description: 'Rows to which it did not apply, or whose task failed.' }),
  quarantined: count.meta({ description: 'Rows of records in quarantine, which no number here counts.' }),
}

const evaluator = z.discriminatedUnion('type', [
  z.object({
    ...coverage,
    type: z.literal('boolean'),
    value: value.meta({ description: 'The share of scored rows that passed.' }),
    passed: count,
    interval,
  }),
  z.object({
    ...coverage,
    type: z.literal('score'),
    value: value.meta({ description: 'The mean over the scored rows.' }),
    standardDeviation: value,
    interval,
    p50: value,
    p95: value,
    min: value,
    max: value,
  }),
  z.object({
    ...coverage,
    type: z.literal('categorical'),
    counts: z.array(z.object({ value: z.string(), count })).meta({ description: 'Most frequent first.' }),
    otherCount: count.meta({ description: 'Rows with values beyond those that are counted one by one.' }),
  }),
  z.object({ ...coverage, type: z.literal('json') }),
  z.object({
    ...coverage,
    type: z.literal('mixed'),
    counts: z.object({ boolean: count, score: count, categorical: count, json: count }),
  }),
  z.object({ ...coverage, type: z.literal('none') }),
])

const summaryEvaluator = z.discriminatedUnion('status', [
  z.object({ name: z.string(), status: z.literal('ok'), type: metricType, value: z.unknown() }),
  z.object({ name: z.string(), status: z.literal('error'), code, message: z.string() }),
])

const rowCoverage = z.object({ scored: count, errored: count, skipped: count, quarantined: count.optional() })

const threshold = z
  .object({
    name: z.string().meta({ description: 'What it is on: correct, tokens.p95, error-rate, latency.p95.' }),
    status: z.enum(['met', 'missed', 'open']),
    min: value,
    max: value,
    value: value.meta({ description: 'Null where there was no such value, which misses the threshold.' }),
    interval: interval.nullable(),
    n: count.nullable().meta({ description: 'Rows that the value was taken over.' }),
    coverage: rowCoverage.nullable(),
    wanted: z.string(),
    got: z.string(),
  })
  .meta({ description: 'One threshold. Shares are from 0 to 1, latencies milliseconds.' })

const failure = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('errors'), rowsWithErrors: count, plannedUnits: count, allowed: z.string() }),
  z
    .object({
      kind: z.literal('threshold'),
      name: z.string(),
      wanted: z.string(),
      got: z.string(),
      min: z.number().optional(),
      max: z.number().optional(),
      value: z.number().optional(),
      interval: interval.optional(),
      n: count.optional(),
      coverage: rowCoverage.optional(),
    })
    .meta({ description: 'A member is absent where there is no such number; `thresholds` has the same with nulls.' }),
  z.object({
    kind: z.literal('summary-evaluator'),
    name: z.string(),
    iteration: z.int().min(1),
    message: z.string(),
  }),
  z.object({
    kind: z.literal('regression'),
    name: z.string(),
    baseline: z.string().meta({ description: 'How the baseline was named.' }),
    tolerance: z.number(),
    before: z.number(),
    after: z.number(),
    difference: z.number(),
    interval: z.object({ low: z.number(), high: z.number(), rough: z.boolean() }),
    pValue: z.number(),
    pairs: count,
  }),
  z.object({ kind: z.literal('not-compared'), name: z.string(), baseline: z.string(), reason: notComparedReason }),
  z
    .object({ kind: z.literal('backend'), message: z.string() })
    .meta({ description: 'Of a pulled experiment: what the backend says went wrong.' }),
])

const run = z.object({
  iteration: z.int().min(1),
  runId: z.string(),
  rows: z
    .object({ ok: count, error: count, timeout: count, skipped: count, cancelled: count, pending: count })
    .meta({ description: 'Rows by status; pending ones were never finished.' }),
  rowsWithErrors: count.meta({
    description: 'Rows whose task failed or timed out, or any of whose evaluators failed.',
  }),
  evaluatorErrors: count,
  evaluators: z.array(evaluator),
  summaryEvaluators: z.array(summaryEvaluator),
  errors: z.array(
    z.object({
      evaluator: z.string().nullable().meta({ description: 'Null for errors of the task.' }),
      code,
      message: z.string(),
      count,
      exampleKey: z.string().meta({ description: 'The key of one record with this error, for --record.' }),
    }),
  ),
  durationMs: duration,
  taskLatencyMs: latency,
})

const share = z.number().min(0).max(1).nullable()

const stability = z.object({
  label: z.string(),
  stablePass: count.meta({ description: 'Records that pass in every scored run.' }),
  stableFail: count.meta({ description: 'Records that pass in none.' }),
  flaky: count.meta({ description: 'Records that pass in some.' }),
  single: count.meta({ description: 'Records that were scored in a single run.' }),
  flakyKeys: z.array(z.string()).max(20).meta({ description: 'Keys of the first flaky records.' }),
  passAt: z.array(
    z.object({
      k: z.int().min(1),
      records: count.meta({ description: 'Records with at least k scored runs, over which the two are averaged.' }),
      passAtK: share.meta({ description: 'pass@k: any of k runs passes.' }),
      passHatK: share.meta({ description: 'pass^k: all of k runs pass.' }),
    }),
  ),
})

const experiment = z.object({
  id: z.string(),
  name: z.string().meta({ description: 'With the variant: support-triage/large.' }),
  file: z.string().meta({ description: 'The module as it was named on the command line.' }),
  outcome: z.object({
    status: z.enum(['passed', 'failed', 'stopped']),
    failures: z.array(failure).meta({ description: 'Why it did not pass.' }),
    early: z.object({ ran: count, skipped: count }).nullable().meta({
      description: 'Rows that ran until the verdict was certain, and those that were skipped; null for all others.',
    }),
    stopped: z
      .object({
        kind: z.enum([
          'signal',
          'user-code-ended',
          'dataset-threw',
          'raise-errors',
          'brake',
          'store-failed',
          'not-started',
          'out-of-date',
          'interrupted',
        ]),
        code: code.nullable(),
        message: z.string(),
      })
      .nullable()
      .meta({ description: 'Why it ended early; null when it did not.' }),
  }),
  exitCode: z.int().min(0),
  thresholds: z
    .array(threshold)
    .meta({ description: 'What came of each threshold; empty when the experiment ended early.' }),
  quarantine: z
    .array(z.object({ record: z.string(), reason: z.string(), until: z.string().nullable() }))
    .meta({ description: 'Records that were run and counted for no threshold.' }),
  runs: z.array(run).meta({ description: 'Empty when the experiment was not started.' }),
  allRuns: z
    .object({ evaluators: z.array(evaluator), stability: z.array(stability) })
    .nullable()
    .meta({ description: 'Several runs together, and how alike the runs of each record are; null with a single run.' }),
  durationMs: duration,
  taskLatencyMs: latency,
  log: z.object({ folder: z.string(), eventsFile: z.string() }).meta({ description: 'Where the rows are kept.' }),
  delivery: z
    .object({
      status: z.enum(['delivered', 'undelivered']),
      backend: z.string(),
      place: z.string().meta({ description: 'Where the backend is: datadoghq.com.' }),
      link: z.string().nullable().meta({ description: 'Where people look at it; null when it was never made there.' }),
      spans: count.meta({ description: 'Accepted, with those of earlier pushes.' }),
      metrics: count,
      pending: count.meta({ description: 'Events that were not accepted yet.' }),
      rejected: count.meta({ description: 'Events that will never be accepted.' }),
      reason: z.string().nullable().meta({ description: 'Why not everything was accepted; null when it was.' }),
    })
    .nullable()
    .meta({ description: 'What the backend has of it; null where it was not to be pushed.' }),
  comparison: comparisonSchema
    .nullable()
    .meta({ description: 'Beside its baseline, or beside the first variant; null where there is none.' }),
  pulled: z
    .object({
      backend: z.string(),
      place: z.string(),
      id: z.string().meta({ description: 'The backend’s id of it.' }),
      link: z.string(),
      at: z.string().meta({ description: 'When it was pulled, ISO 8601.' }),
    })
    .nullable()
    .meta({ description: 'Where it came from; null where it was run here.' }),
})

/** What `--reporter json` prints. `docs/json-report.schema.json` is made from this. */
export const jsonReportSchema = z
  .object({
    formatVersion: z.literal(1),
    exitCode: z.int().min(0).meta({ description: 'The exit code of the command.' }),
    exitZero: z.boolean().meta({
      description: 'Whether an experiment failed and the exit code is 0 all the same, because --exit-zero was given.',
    }),
    experiments: z.array(experiment),
  })
  .meta({
    title: 'llmobs-exp JSON report',
    description:
      'The document that `llmobs-exp run --reporter json` prints. A number that could not be computed is null. Further members may be added without a new format version.',
  })
