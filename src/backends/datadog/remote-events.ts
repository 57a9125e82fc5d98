import type { MetricValue } from '../../model/evaluation.ts'
import { type Json, stringifyJson } from '../../model/json.ts'
import type { Client } from './client.ts'
import { readPages } from './pages.ts'
import { present, readList, readMember, readNumber, readText } from './reply.ts'

/** What went wrong, as it was told to Datadog. */
export interface RemoteError {
  readonly type: string
  readonly message: string
  readonly stack?: string
}

/** A row as Datadog keeps it. */
export interface RemoteSpan {
  readonly spanId: string
  readonly traceId: string
  readonly name: string
  /** Absent where its tags do not name one. */
  readonly recordId?: string
  /** Epoch milliseconds. */
  readonly startedAt: number
  readonly durationMs: number
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
  readonly error?: RemoteError
  readonly reasoning?: string
  readonly assessment?: 'pass' | 'fail'
  readonly metadata?: Json
  readonly tags: readonly string[]
}

export interface EventsPage {
  readonly spans: readonly RemoteSpan[]
  /** Of all runs, and of the whole experiment on each page; tags tell the run. */
  readonly summaries: readonly RemoteMetric[]
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
  for await (const page of readPages(client, listing, signal)) {
    yield {
      spans: readList(page, 'data', 'attributes', 'spans').flatMap((span) => readSpan(span) ?? []),
      summaries: readList(page, 'data', 'attributes', 'summary_metrics').flatMap((metric) => readMetric(metric) ?? []),
    }
  }
}

function readSpan(span: unknown): RemoteSpan | undefined {
  const spanId = readText(span, 'span_id') ?? readText(span, 'id')
  if (spanId === undefined) return undefined
  const tags = readTags(span)
  const error = readError(readMember(span, 'meta', 'error'))
  const recordId = readText(span, 'dataset_record_id') ?? tagOf(tags, 'dataset_record_id')
  return {
    spanId,
    traceId: readText(span, 'trace_id') ?? '',
    name: readText(span, 'name') ?? '',
    // Nanoseconds have more digits than a number holds, and microseconds are all there is to them.
    startedAt: Math.round((readNumber(span, 'start_ns') ?? 0) / 1_000) / 1_000,
    durationMs: (readNumber(span, 'duration') ?? 0) / 1_000_000,
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
  return {
    label,
    at: readNumber(metric, 'timestamp_ms') ?? 0,
    ...present('value', readMetricValue(metric)),
    ...present('error', readError(readMember(metric, 'error'))),
    ...present('reasoning', readText(metric, 'reasoning')),
    ...(assessment === 'pass' || assessment === 'fail' ? { assessment } : {}),
    ...present('metadata', readValue(metric, 'metadata')),
    tags: readTags(metric),
  }
}

function readMetricValue(metric: unknown): MetricValue | undefined {
  const type = readText(metric, 'metric_type')
  const value = readMember(metric, `${type}_value`)
  if (type === 'boolean' && typeof value === 'boolean') return { type, value }
  if (type === 'score' && typeof value === 'number') return { type, value }
  if (type === 'categorical' && typeof value === 'string') return { type, value }
  if (type === 'json' && value !== undefined && value !== null) return { type, value: stringifyJson(value) }
  return undefined
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

function tagOf(tags: readonly string[], key: string): string | undefined {
  return tags.find((tag) => tag.startsWith(`${key}:`))?.slice(key.length + 1)
}

function readValue(value: unknown, ...path: readonly string[]): Json | undefined {
  const found = readMember(value, ...path)
  return found === undefined || found === null ? undefined : stringifyJson(found)
}
