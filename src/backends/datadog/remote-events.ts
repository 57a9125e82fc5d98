import type { MetricValue } from '../../model/evaluation.ts'
import { type Json, toJson, UnkeepableValueError } from '../../model/json.ts'
import type { Client } from './client.ts'
import { readPages, unreadable } from './pages.ts'
import { present, readList, readMember, readNumber, readText } from './reply.ts'

/** What went wrong, as it was told to Datadog. */
export interface RemoteError {
  readonly type: string
  readonly message: string
  readonly stack?: string
}

/** A row as Datadog keeps it. */
export interface RemoteSpan {
  /** Empty where it has none that can be read. */
  readonly spanId: string
  readonly traceId: string
  readonly name: string
  /** Absent where its tags do not name one. */
  readonly recordId?: string
  /** Of the span it is part of; absent for a row. */
  readonly parentId?: string
  /** Epoch milliseconds. */
  readonly startedAt?: number
  readonly durationMs?: number
  readonly status: 'ok' | 'error'
  readonly input: Json
  readonly output: Json
  readonly expectedOutput?: Json
  readonly metadata?: Json
  readonly error?: RemoteError
  readonly tags: readonly string[]
  /** One for each label: the latest. */
  readonly metrics: readonly RemoteMetric[]
}

export interface RemoteMetric {
  readonly label: string
  /** Epoch milliseconds. */
  readonly at: number
  /** Absent where the evaluator failed, or has no value. */
  readonly value?: MetricValue
  /** Whether there is a value, and it is none of its type. */
  readonly isOdd: boolean
  /** Such as `ERROR`. */
  readonly status?: string
  readonly error?: RemoteError
  readonly reasoning?: string
  readonly assessment?: 'pass' | 'fail'
  readonly metadata?: Json
  readonly tags: readonly string[]
  /** Whether it is of an evaluator that is configured at Datadog. */
  readonly isManaged: boolean
}

export interface EventsPage {
  readonly spans: readonly RemoteSpan[]
  /** Of all runs, and of the whole experiment on each page; tags tell the run. */
  readonly summaries: readonly RemoteMetric[]
  /** How many more there were that are no spans. */
  readonly unreadable: number
}

const PAGE_LIMIT = 500

/** The rows of an experiment and what was found of them, page by page, in no order. */
export async function* readEvents(
  client: Client,
  experimentId: string,
  signal: AbortSignal,
): AsyncGenerator<EventsPage, void> {
  const parts = ['experiments', experimentId, 'events']
  const purpose = 'read spans and metrics'
  const listing = { base: '/api/v2/llm-obs/v3', parts, limit: PAGE_LIMIT, purpose }
  for await (const page of readPages(client, listing, signal)) yield readPage(page, purpose)
}

function readPage(page: unknown, purpose: string): EventsPage {
  try {
    const all = readList(page, 'data', 'attributes', 'spans')
    const spans = all.flatMap((span) => readSpan(span) ?? [])
    const summaries = readList(page, 'data', 'attributes', 'summary_metrics').flatMap(
      (metric) => readMetric(metric) ?? [],
    )
    return { spans, summaries, unreadable: all.length - spans.length }
  } catch (error) {
    if (error instanceof UnkeepableValueError) throw unreadable(`cannot ${purpose}: ${error.message}`)
    throw error
  }
}

function readSpan(span: unknown): RemoteSpan | undefined {
  if (typeof span !== 'object' || span === null) return undefined
  // A number would have lost its last digits by now.
  const spanId = readText(span, 'span_id') ?? readText(span, 'id') ?? ''
  const tags = readTags(span)
  const error = readError(readMember(span, 'meta', 'error'))
  const recordId = readText(span, 'dataset_record_id') ?? tagOf(tags, 'dataset_record_id')
  const parentId = readText(span, 'parent_id')
  return {
    spanId,
    traceId: readText(span, 'trace_id') ?? '',
    name: readText(span, 'name') ?? '',
    ...present('parentId', parentId === '' || parentId === 'undefined' || parentId === '0' ? undefined : parentId),
    // Nanoseconds have more digits than a number holds, and microseconds are all there is to them.
    ...present(
      'startedAt',
      toMilliseconds(readNumber(span, 'start_ns'), (ns) => Math.round(ns / 1_000) / 1_000),
    ),
    ...present(
      'durationMs',
      toMilliseconds(readNumber(span, 'duration'), (ns) => ns / 1_000_000),
    ),
    status: readText(span, 'status') === 'error' ? 'error' : 'ok',
    input: readValue(span, 'meta', 'input') ?? 'null',
    output: readValue(span, 'meta', 'output') ?? 'null',
    ...present('expectedOutput', readValue(span, 'meta', 'expected_output')),
    ...present('metadata', readValue(span, 'meta', 'metadata')),
    ...present('recordId', recordId),
    ...present('error', error),
    tags,
    metrics: latestOfEach(readList(span, 'eval_metrics').flatMap((metric) => readMetric(metric) ?? [])),
  }
}

/** The furthest from 1970 that a date can be. */
const MAX_MILLISECONDS = 8.64e15

/** Zero stands for what is not known: Datadog refuses it of rows that it is sent. */
function toMilliseconds(nanoseconds: number | undefined, convert: (ns: number) => number): number | undefined {
  if (nanoseconds === undefined || nanoseconds <= 0) return undefined
  const milliseconds = convert(nanoseconds)
  return milliseconds <= MAX_MILLISECONDS ? milliseconds : undefined
}

function latestOfEach(metrics: readonly RemoteMetric[]): readonly RemoteMetric[] {
  const latest = new Map<string, RemoteMetric>()
  for (const metric of metrics) {
    const known = latest.get(metric.label)
    if (known === undefined || metric.at >= known.at) latest.set(metric.label, metric)
  }
  return [...latest.values()]
}

function readMetric(metric: unknown): RemoteMetric | undefined {
  const label = readText(metric, 'label')
  if (label === undefined) return undefined
  const assessment = readText(metric, 'assessment')
  const value = readMetricValue(metric)
  return {
    label,
    at: toMilliseconds(readNumber(metric, 'timestamp_ms'), (ms) => ms) ?? 0,
    ...present('value', value),
    isOdd: value === undefined && hasValue(metric),
    ...present('status', readText(metric, 'status')),
    ...present('error', readError(readMember(metric, 'error'))),
    ...present('reasoning', readText(metric, 'reasoning')),
    ...(assessment === 'pass' || assessment === 'fail' ? { assessment } : {}),
    ...present('metadata', readValue(metric, 'metadata')),
    tags: readTags(metric),
    isManaged: readText(metric, 'eval_source_type') === 'managed',
  }
}

function readMetricValue(metric: unknown): MetricValue | undefined {
  const type = readText(metric, 'metric_type')
  const value = readMember(metric, `${type}_value`)
  if (type === 'boolean' && typeof value === 'boolean') return { type, value }
  // What is beyond all numbers in JSON is read as infinite.
  if (type === 'score' && typeof value === 'number' && Number.isFinite(value)) return { type, value }
  if (type === 'categorical' && typeof value === 'string') return { type, value }
  if (type === 'json' && value !== undefined && value !== null) return { type, value: toJson(value).json }
  return undefined
}

function hasValue(metric: unknown): boolean {
  const types = new Set(['boolean', 'score', 'categorical', 'json', readText(metric, 'metric_type')])
  return [...types].some((type) => (readMember(metric, `${type}_value`) ?? null) !== null)
}

/** `{}` and three nulls are told of what went well. */
function readError(error: unknown): RemoteError | undefined {
  const type = readText(error, 'type')
  const message = readText(error, 'message')
  if (type === undefined && message === undefined) return undefined
  return { type: type ?? '', message: message ?? '', ...present('stack', readText(error, 'stack')) }
}

function readTags(value: unknown): readonly string[] {
  return readList(value, 'tags').filter((tag) => typeof tag === 'string')
}

export function tagOf(tags: readonly string[], key: string): string | undefined {
  return tags.find((tag) => tag.startsWith(`${key}:`))?.slice(key.length + 1)
}

function readValue(value: unknown, ...path: readonly string[]): Json | undefined {
  const found = readMember(value, ...path)
  return found === undefined || found === null ? undefined : toJson(found).json
}
