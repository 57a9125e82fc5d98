import { LlmobsExpError } from '../../model/errors.ts'
import type { LabelledEvaluation, MetricValue } from '../../model/evaluation.ts'
import { forbiddenNames, namePattern } from '../../model/evaluation.ts'
import type { EvaluatorResult, SummaryResult } from '../../model/events.ts'
import { type Json, type JsonChange, toJson, UnkeepableValueError } from '../../model/json.ts'
import { isManaged } from '../../model/managed.ts'
import { isMulti } from '../../model/multi.ts'

const EVALUATION_KEYS: ReadonlySet<string> = new Set(['value', 'reasoning', 'assessment', 'metadata', 'tags'])

/** Collects what keeping values as JSON changed. */
type Changes = Set<JsonChange>

/**
 * What an evaluator's return value means: a value, an Evaluation (an object with `value` and no key outside the five), several
 * of these (`multi`), or null for "does not apply".
 * @throws LlmobsExpError `E_EVALUATOR_VALUE` for anything else: undefined, NaN, ±Infinity, a malformed Evaluation
 */
export function interpretEvaluation(evaluator: string, returned: unknown, changes: Changes): EvaluatorResult {
  const evaluations = isMulti(returned)
    ? Object.keys(returned).flatMap((key) => labelled(multiLabel(evaluator, key), returned[key], changes))
    : labelled(evaluator, returned, changes)
  return evaluations.length === 0 ? { status: 'skipped', reason: 'not-applicable' } : { status: 'ok', evaluations }
}

/** A summary evaluator returns a bare value. */
export function interpretSummary(name: string, returned: unknown, changes: Changes): SummaryResult {
  const value = metricValue(name, returned, changes)
  if (value !== null) return { status: 'ok', ...value }
  throw invalid(name, 'a boolean, a finite number, a string or JSON', 'null')
}

function multiLabel(evaluator: string, key: string): string {
  if (namePattern.test(key) && !forbiddenNames.has(key)) return `${evaluator}-${key}`
  throw invalid(evaluator, `names that match ${namePattern} in multi()`, JSON.stringify(key))
}

function labelled(label: string, returned: unknown, changes: Changes): LabelledEvaluation[] {
  if (!isEvaluation(returned)) {
    const value = metricValue(label, returned, changes)
    return value === null ? [] : [{ label, ...value }]
  }
  const value = metricValue(label, returned.value, changes)
  return value === null ? [] : [{ label, ...value, ...describe(label, returned, changes) }]
}

interface EvaluationShape {
  readonly value: unknown
  readonly reasoning?: unknown
  readonly assessment?: unknown
  readonly metadata?: unknown
  readonly tags?: unknown
}

function isEvaluation(returned: unknown): returned is EvaluationShape {
  if (typeof returned !== 'object' || returned === null || !Object.hasOwn(returned, 'value')) return false
  return Object.keys(returned).every((key) => EVALUATION_KEYS.has(key))
}

function metricValue(name: string, value: unknown, changes: Changes): MetricValue | null {
  switch (typeof value) {
    case 'boolean':
      return { type: 'boolean', value }
    case 'number':
      if (Number.isFinite(value)) return { type: 'score', value }
      throw invalid(name, 'a finite number', `the non-finite score ${value}`)
    case 'string':
      return { type: 'categorical', value }
    case 'object':
      return value === null ? null : { type: 'json', value: keep(name, value, changes) }
    default:
      throw invalid(name, 'a boolean, a finite number, a string, JSON or null', describeType(value))
  }
}

type EvaluationExtras = Pick<LabelledEvaluation, 'reasoning' | 'assessment' | 'metadata' | 'tags' | 'source'>

function describe(label: string, evaluation: EvaluationShape, changes: Changes): EvaluationExtras {
  const { reasoning, assessment, metadata, tags } = evaluation
  if (reasoning !== undefined && typeof reasoning !== 'string')
    throw invalid(label, 'a string as reasoning', describeType(reasoning))
  if (assessment !== undefined && assessment !== 'pass' && assessment !== 'fail') {
    throw invalid(label, "'pass' or 'fail' as assessment", describeType(assessment))
  }
  if (tags !== undefined && !isTags(tags)) throw invalid(label, 'tags as a record of strings', describeType(tags))
  return {
    ...(reasoning === undefined ? {} : { reasoning }),
    ...(assessment === undefined ? {} : { assessment }),
    ...(metadata === undefined ? {} : { metadata: keep(label, metadata, changes) }),
    ...(tags === undefined ? {} : { tags }),
    ...(isManaged(evaluation) ? { source: 'managed' } : {}),
  }
}

function isTags(tags: unknown): tags is { readonly [key: string]: string } {
  if (typeof tags !== 'object' || tags === null || Array.isArray(tags)) return false
  return Object.values(tags).every((value) => typeof value === 'string')
}

function keep(name: string, value: unknown, changes: Changes): Json {
  try {
    const text = toJson(value)
    for (const change of text.changes) changes.add(change)
    return text.json
  } catch (error) {
    if (error instanceof UnkeepableValueError)
      throw new LlmobsExpError('E_EVALUATOR_VALUE', `${name}: ${error.message}`)
    throw error
  }
}

function describeType(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.slice(0, 60))
  return typeof value === 'object' ? 'an object' : String(value)
}

function invalid(name: string, expected: string, got: string): LlmobsExpError {
  const hint = got === 'undefined' ? { hint: 'return null where the evaluator does not apply' } : {}
  return new LlmobsExpError('E_EVALUATOR_VALUE', `${name}: expected ${expected}, got ${got}`, hint)
}
