import type { Redact } from '../../model/definition.ts'
import type { ErrorInfo } from '../../model/errors.ts'
import type { LabelledEvaluation, MetricValue } from '../../model/evaluation.ts'
import type { EvaluatorResult, SummaryResult } from '../../model/events.ts'
import { type Json, type JsonChange, parseJson, toJson } from '../../model/json.ts'
import type { RecordText, RecordValues } from '../../model/row.ts'

/** What stands in the place of a value for which the user's `redact` failed. */
const REDACTION_FAILED = '[redaction failed]'

/** Asks the user's `redact` of everything that leaves the thread to be kept. Never throws. */
export interface Redactor {
  /** `changes` is told when it failed. */
  json(json: Json, path: string, changes: Set<JsonChange>): Json
  record(record: RecordText, changes: Set<JsonChange>): RecordValues
  evaluation(result: EvaluatorResult, changes: Set<JsonChange>): EvaluatorResult
  summary(name: string, result: SummaryResult, changes: Set<JsonChange>): SummaryResult
  error(error: ErrorInfo): ErrorInfo
}

export function createRedactor(redact: Redact): Redactor {
  const json: Redactor['json'] = (kept, path, changes) => {
    try {
      return toJson(redactValue(redact, parseJson(kept), path)).json
    } catch {
      changes.add('unredacted')
      return toJson(REDACTION_FAILED).json
    }
  }
  const text = (kept: string, path: string, changes = new Set<JsonChange>()): string => {
    const value: unknown = parseJson(json(toJson(kept).json, path, changes))
    if (typeof value === 'string') return value
    changes.add('unredacted')
    return REDACTION_FAILED
  }
  const metric = (value: MetricValue, path: string, changes: Set<JsonChange>): MetricValue => {
    if (value.type === 'json') return { type: 'json', value: json(value.value, path, changes) }
    return value.type === 'categorical' ? { type: 'categorical', value: text(value.value, path, changes) } : value
  }
  const labelled = (evaluation: LabelledEvaluation, changes: Set<JsonChange>): LabelledEvaluation => {
    const { reasoning, metadata } = evaluation
    const path = `evaluations.${evaluation.label}`
    return {
      ...evaluation,
      ...metric(evaluation, `${path}.value`, changes),
      ...(reasoning === undefined ? {} : { reasoning: text(reasoning, `${path}.reasoning`, changes) }),
      ...(metadata === undefined ? {} : { metadata: json(metadata, `${path}.metadata`, changes) }),
    }
  }
  const errorAt = (error: ErrorInfo, path: string): ErrorInfo => {
    const { message, stack, cause } = error
    return {
      ...error,
      message: text(message, `${path}.message`),
      ...(stack === undefined ? {} : { stack: text(stack, `${path}.stack`) }),
      ...(cause === undefined ? {} : { cause: errorAt(cause, `${path}.cause`) }),
    }
  }
  const error = (kept: ErrorInfo): ErrorInfo => errorAt(kept, 'error')
  return {
    json,
    record({ input, expectedOutput, metadata }, changes) {
      return {
        input: json(input, 'input', changes),
        ...(expectedOutput === undefined ? {} : { expectedOutput: json(expectedOutput, 'expectedOutput', changes) }),
        ...(metadata === undefined ? {} : { metadata: json(metadata, 'metadata', changes) }),
      }
    },
    evaluation(result, changes) {
      if (result.status === 'skipped') return result
      if (result.status !== 'ok') return { ...result, error: error(result.error) }
      return { ...result, evaluations: Array.from(result.evaluations, (one) => labelled(one, changes)) }
    },
    summary(name, result, changes) {
      if (result.status !== 'ok') return { ...result, error: error(result.error) }
      return { status: 'ok', ...metric(result, `summaries.${name}`, changes) }
    },
    error,
  }
}

/** From the whole to its parts, as the replacer of `JSON.stringify`. */
function redactValue(redact: Redact, value: unknown, path: string): unknown {
  const kept: unknown = redact(value, path)
  if (typeof kept !== 'object' || kept === null) return kept
  if ('then' in kept) throw new TypeError('redact returned a promise')
  if (Array.isArray(kept)) return Array.from(kept, (item, index) => redactValue(redact, item, `${path}.${index}`))
  const prototype: unknown = Object.getPrototypeOf(kept)
  if (prototype !== Object.prototype && prototype !== null) return kept
  return Object.fromEntries(
    Array.from(Object.entries(kept), ([key, item]) => [key, redactValue(redact, item, `${path}.${key}`)]),
  )
}
