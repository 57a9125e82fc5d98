import { z } from 'zod'
import { type ErrorCode, type ErrorInfo, errorCodes } from '../../model/errors.ts'
import type { EndReason, Failure, Outcome } from '../../model/outcome.ts'
import type { Manifest } from './manifest.ts'

// A manifest may have been edited or written by another version: the one file of the store that is checked member by member.

const errorCode = z.custom<ErrorCode>((value) => typeof value === 'string' && value in errorCodes, 'a known error code')

const errorInfo: z.ZodType<ErrorInfo> = z.lazy(() =>
  z.object({
    code: errorCode,
    name: z.string(),
    message: z.string(),
    stack: z.string().exactOptional(),
    hint: z.string().exactOptional(),
    location: z
      .object({ file: z.string(), line: z.number().exactOptional(), column: z.number().exactOptional() })
      .exactOptional(),
    codeFrame: z.string().exactOptional(),
    cause: errorInfo.exactOptional(),
  }),
)

const endReason: z.ZodType<EndReason> = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('signal'), signal: z.enum(['SIGINT', 'SIGTERM', 'SIGHUP']) }),
  z.object({ kind: z.literal('user-code-ended'), error: errorInfo }),
  z.object({ kind: z.literal('dataset-threw'), error: errorInfo }),
  z.object({ kind: z.literal('raise-errors'), error: errorInfo }),
  z.object({ kind: z.literal('brake'), error: errorInfo }),
  z.object({ kind: z.literal('store-failed'), error: errorInfo }),
  z.object({ kind: z.literal('not-started'), error: errorInfo }),
  z.object({ kind: z.literal('out-of-date'), message: z.string() }),
  z.object({ kind: z.literal('interrupted'), message: z.string() }),
])

const failure: z.ZodType<Failure> = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('errors'), rowsWithErrors: z.number(), plannedUnits: z.number(), allowed: z.string() }),
  z.object({ kind: z.literal('threshold'), name: z.string(), wanted: z.string(), got: z.string() }),
  z.object({ kind: z.literal('summary-evaluator'), name: z.string(), iteration: z.number(), message: z.string() }),
  z.object({ kind: z.literal('backend'), message: z.string() }),
])

const outcome: z.ZodType<Outcome> = z.discriminatedUnion('status', [
  z.object({ status: z.literal('passed'), exitCode: z.literal(0) }),
  z.object({ status: z.literal('failed'), exitCode: z.literal(1), failures: z.array(failure) }),
  z.object({ status: z.literal('stopped'), exitCode: z.number(), reason: endReason, failures: z.array(failure) }),
])

const count = z.number().int().nonnegative()

export const manifestSchema: z.ZodType<Manifest> = z.object({
  v: z.number(),
  tool: z.string(),
  experimentId: z.string(),
  groupId: z.string(),
  createdAt: z.string(),
  file: z.string(),
  currentFolder: z.string(),
  definition: z.object({
    ref: z.object({ exportName: z.string(), variant: z.string().exactOptional() }),
    name: z.string(),
    project: z.string().exactOptional(),
    description: z.string().exactOptional(),
    config: z.string(),
    evaluators: z.array(z.string()),
    summaryEvaluators: z.array(z.string()),
    thresholds: z.record(z.string(), z.object({ min: z.number().exactOptional(), max: z.number().exactOptional() })),
    tags: z.record(z.string(), z.string()),
    dataset: z.object({
      description: z.string(),
      kind: z.enum(['array', 'source', 'iterable']),
      length: z.number().exactOptional(),
      files: z.array(z.string()).exactOptional(),
      origin: z
        .object({ backend: z.string(), place: z.string(), id: z.string(), name: z.string(), version: z.number() })
        .exactOptional(),
    }),
    runs: z.number().exactOptional(),
    jobs: z.number().exactOptional(),
    threads: z.union([z.number(), z.literal('auto')]).exactOptional(),
    timeout: z.number().exactOptional(),
    evalTimeout: z.number().exactOptional(),
    maxRetries: z.number().exactOptional(),
  }),
  options: z.object({
    runs: count,
    jobs: count,
    evalJobs: count.exactOptional(),
    threads: count.exactOptional(),
    timeout: z.number(),
    evalTimeout: z.number(),
    maxRetries: count,
    maxErrors: z.string(),
    raiseErrors: z.boolean(),
    skipInvalid: z.boolean(),
    maxIdenticalErrors: count.exactOptional(),
    maxTime: z.number().exactOptional(),
    config: z.array(z.string()).exactOptional(),
    filters: z.array(z.string()),
    records: z.array(z.string()),
    sampleSize: count.exactOptional(),
    sampleSeed: z.number().exactOptional(),
    plannedRecords: count.exactOptional(),
    datasetRecords: count.exactOptional(),
    project: z.string().exactOptional(),
  }),
  hashes: z.object({ module: z.string(), config: z.string() }),
  git: z.object({ commit: z.string().exactOptional(), repository: z.string().exactOptional() }).exactOptional(),
  pulled: z
    .object({ backend: z.string(), place: z.string(), id: z.string(), link: z.string(), at: z.string() })
    .exactOptional(),
  state: z.discriminatedUnion('status', [
    z.object({ status: z.literal('planned') }),
    z.object({
      status: z.literal('finished'),
      outcome,
      rows: z.object({ ok: count, error: count, timeout: count, skipped: count, cancelled: count, pending: count }),
      finishedAt: z.string(),
    }),
  ]),
})
