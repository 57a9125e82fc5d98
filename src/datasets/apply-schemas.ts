import type { StandardSchemaV1 } from '@standard-schema/spec'
import type { DatasetRecord } from '../model/dataset.ts'
import { toErrorInfo } from '../model/error-info.ts'
import { type RecordSchemas, schemaFields } from './check-options.ts'
import type { Refusal } from './check-record.ts'

type CheckedRecord =
  | { readonly status: 'record'; readonly record: DatasetRecord }
  | { readonly status: 'refused'; readonly refusal: Refusal }

/** Checks a record's values; what the schemas make of them takes their place. A promise only where a schema gives one. */
export type RecordChecker = (record: DatasetRecord) => CheckedRecord | Promise<CheckedRecord>

type Field = keyof RecordSchemas
type Result = StandardSchemaV1.Result<unknown>
type Mutable<T> = { -readonly [K in keyof T]: T[K] }

const MAX_ISSUE = 500

/** `undefined` where there is no schema to check with. */
export function createChecker(schemas: RecordSchemas): RecordChecker | undefined {
  const wanted = schemaFields.filter((field) => schemas[field] !== undefined)
  if (wanted.length === 0) return undefined
  return (record) => {
    const results = Array.from(wanted, (field) => validate(schemas[field], record[field]))
    if (results.every(isSettled)) return assemble(record, wanted, results)
    return Promise.all(results).then((settled) => assemble(record, wanted, settled))
  }
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
    if (result?.issues !== undefined) return { status: 'refused', refusal: describeIssues(field, result.issues) }
    // A default that a schema gave is kept; what it made undefined is left out.
    if (result?.value === undefined) delete checked[field]
    else checked[field] = result.value
  }
  if (checked.input !== undefined) return { status: 'record', record: checked }
  const message = 'input: expected a value, got undefined from its schema'
  return { status: 'refused', refusal: { message, path: ['input'] } }
}

function describeIssues(field: Field, issues: readonly StandardSchemaV1.Issue[]): Refusal {
  const [first] = issues
  const path = [field, ...(first?.path ?? []).map(keyOf)]
  const more = issues.length > 1 ? ` (and ${issues.length - 1} more)` : ''
  const message = (first?.message ?? 'not what its schema wants').slice(0, MAX_ISSUE)
  return { message: `${path.map(String).join('.')}: ${message}${more}`, path }
}

function keyOf(segment: PropertyKey | StandardSchemaV1.PathSegment): PropertyKey {
  return typeof segment === 'object' ? segment.key : segment
}
