import type { StandardSchemaV1 } from '@standard-schema/spec'
import type { DatasetRecord } from '../model/dataset.ts'
import { toErrorInfo } from '../model/error-info.ts'
import { LlmobsExpError } from '../model/errors.ts'
import { suggest } from '../model/suggest.ts'
import { quote } from './quote.ts'

/** What a record's values must be, in any library that speaks Standard Schema: zod, valibot, arktype, … */
export interface RecordSchemas {
  readonly input?: StandardSchemaV1
  readonly expectedOutput?: StandardSchemaV1
  readonly metadata?: StandardSchemaV1
}

export type CheckedRecord =
  | { readonly status: 'record'; readonly record: DatasetRecord }
  | { readonly status: 'invalid'; readonly message: string }

/** Checks a record's values; what the schemas make of them takes their place. A promise only where a schema gives one. */
export type RecordChecker = (record: DatasetRecord) => CheckedRecord | Promise<CheckedRecord>

type Field = keyof RecordSchemas
type Result = StandardSchemaV1.Result<unknown>
type Mutable<T> = { -readonly [K in keyof T]: T[K] }

const fields = ['input', 'expectedOutput', 'metadata'] as const satisfies readonly Field[]
const MAX_ISSUE = 500

/** @throws LlmobsExpError `E_DEFINITION` when `schemas` holds anything but Standard Schemas of these three */
export function createChecker(schemas: RecordSchemas, owner: string): RecordChecker | undefined {
  for (const key of Object.keys(schemas)) checkSchema(schemas, { key, owner })
  const wanted = fields.filter((field) => schemas[field] !== undefined)
  if (wanted.length === 0) return undefined
  return (record) => {
    const results = wanted.map((field) => validate(schemas[field], record[field]))
    if (results.every(isSettled)) return assemble(record, wanted, results)
    return Promise.all(results).then((settled) => assemble(record, wanted, settled))
  }
}

function checkSchema(schemas: object, { key, owner }: { key: string; owner: string }): void {
  const near = suggest(key, fields)
  if (!fields.some((field) => field === key)) {
    throw new LlmobsExpError(
      'E_DEFINITION',
      `${owner}: expected schemas for ${fields.join(', ')}, got one for ${quote(key)}`,
      near === undefined ? {} : { hint: `did you mean "${near}"?` },
    )
  }
  const schema: unknown = Reflect.get(schemas, key)
  const isObject = (typeof schema === 'object' && schema !== null) || typeof schema === 'function'
  if (schema === undefined || (isObject && Reflect.has(schema, '~standard'))) return
  throw new LlmobsExpError('E_DEFINITION', `${owner}: ${key}: expected a Standard Schema, got ${quote(schema)}`, {
    hint: 'zod from 3.24, valibot from 1.0 and arktype from 2.0 make Standard Schemas',
  })
}

function validate(schema: StandardSchemaV1 | undefined, value: unknown): Result | Promise<Result> {
  if (schema === undefined) return { value }
  try {
    const result = schema['~standard'].validate(value)
    return isSettled(result) ? result : result.catch(thrownIssue)
  } catch (thrown) {
    return thrownIssue(thrown)
  }
}

function thrownIssue(thrown: unknown): Result {
  const { message } = toErrorInfo('E_DATASET_RECORD', thrown)
  return { issues: [{ message: `the schema threw: ${message}` }] }
}

function isSettled(result: Result | Promise<Result>): result is Result {
  return !(result instanceof Promise)
}

function assemble(record: DatasetRecord, wanted: readonly Field[], results: readonly Result[]): CheckedRecord {
  const checked: Mutable<DatasetRecord> = { ...record }
  for (const [index, field] of wanted.entries()) {
    const result = results[index]
    if (result?.issues !== undefined) return { status: 'invalid', message: describeIssues(field, result.issues) }
    // A default that a schema gave is kept; what it made undefined is left out.
    if (result?.value === undefined) delete checked[field]
    else checked[field] = result.value
  }
  if (checked.input !== undefined) return { status: 'record', record: checked }
  return { status: 'invalid', message: 'input: expected a value, got undefined from its schema' }
}

function describeIssues(field: Field, issues: readonly StandardSchemaV1.Issue[]): string {
  const [first] = issues
  const path = [field, ...(first?.path ?? []).map(describeSegment)].join('.')
  const more = issues.length > 1 ? ` (and ${issues.length - 1} more)` : ''
  return `${path}: ${(first?.message ?? 'not what its schema wants').slice(0, MAX_ISSUE)}${more}`
}

function describeSegment(segment: PropertyKey | StandardSchemaV1.PathSegment): string {
  return String(typeof segment === 'object' ? segment.key : segment)
}
