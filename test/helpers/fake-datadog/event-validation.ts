import { isObject, isTexts, type Json, type JsonObject, memberAt, textAt } from './json.ts'

const DAY = 24 * 60 * 60 * 1000
const NANOS = 1_000_000

const valueTypes = {
  score: { go: 'float64', isValid: (value: Json) => typeof value === 'number' },
  categorical: { go: 'string', isValid: (value: Json) => typeof value === 'string' },
  boolean: { go: 'bool', isValid: (value: Json) => typeof value === 'boolean' },
  json: { go: 'map[string]interface {}', isValid: isObject },
} as const

/** Why a metric is refused at this time, undefined when it is not. */
export function metricProblem(metric: JsonObject, now: number): string | undefined {
  const type = textAt(metric, 'metric_type')
  const timestamp = memberAt(metric, 'timestamp_ms')
  if (textAt(metric, 'label') === '') return failedMetric('Label', 'required')
  if (type === '') return failedMetric('MetricType', 'required')
  if (!isMetricType(type)) return failedMetric('MetricType', 'oneof')
  if (!isWhole(timestamp) || timestamp === 0) return failedMetric('TimestampMs', 'required')
  if (Math.abs(now - timestamp) > DAY) return failedMetric('TimestampMs', 'timestamp_within_24hr')
  if (textAt(metric, 'span_id') === '' && textAt(metric, 'metric_source') !== 'summary') {
    return failedMetric('SpanID', 'required')
  }
  const value = memberAt(metric, `${type}_value`) ?? null
  if (value !== null && !valueTypes[type].isValid(value))
    return wrongType('EvalMetric', `${type}_value`, valueTypes[type].go)
  return tagsProblem('EvalMetric', metric)
}

/** Why a span is refused at this time, undefined when it is not. */
export function spanProblem(span: JsonObject, now: number, checkAge: boolean): string | undefined {
  for (const [member, field] of requiredOfSpan) {
    if (textAt(span, member) === '') return failedSpan(field, 'required')
  }
  const start = memberAt(span, 'start_ns')
  const duration = memberAt(span, 'duration')
  const status = textAt(span, 'status')
  if (!isWhole(start) || start === 0) return failedSpan('StartNs', 'required')
  if (!isWhole(duration) || duration === 0) return failedSpan('Duration', 'required')
  if (duration < 0) return failedSpan('Duration', 'gt')
  if (status !== 'ok' && status !== 'error') return failedSpan('Status', 'oneof')
  if (span.span_id === span.trace_id) return failedSpan('SpanID', 'nefield')
  if (checkAge && Math.abs(now - start / NANOS) > DAY) return failedSpan('StartNs', 'timestamp_within_24hr')
  if (!isObject(memberAt(span, 'meta') ?? {})) return wrongType('Span', 'meta', 'Meta')
  return tagsProblem('Span', span)
}

const requiredOfSpan = [
  ['span_id', 'SpanID'],
  ['trace_id', 'TraceID'],
  ['project_id', 'ProjectID'],
  ['dataset_id', 'DatasetID'],
  ['name', 'Name'],
  ['status', 'Status'],
] as const

function tagsProblem(struct: string, event: JsonObject): string | undefined {
  return isTexts(memberAt(event, 'tags') ?? []) ? undefined : wrongType(struct, 'tags', 'string')
}

function failedMetric(field: string, tag: string): string {
  return failed(`ExperimentEvalMetricEvent.EvalMetricBase.${field}`, field, tag)
}

function failedSpan(field: string, tag: string): string {
  return failed(`ExperimentSpanEvent.${field}`, field, tag)
}

/** As the recorded backend, which is written in Go, says it. */
function failed(key: string, field: string, tag: string): string {
  return `Key: '${key}' Error:Field validation for '${field}' failed on the '${tag}' tag`
}

function wrongType(struct: string, member: string, go: string): string {
  return `json: cannot unmarshal value into Go struct field ${struct}.${member} of type ${go}`
}

function isMetricType(type: string): type is keyof typeof valueTypes {
  return Object.hasOwn(valueTypes, type)
}

function isWhole(value: Json | undefined): value is number {
  return typeof value === 'number' && Number.isInteger(value)
}
