import type { DatasetRecord, SourceItem } from '../model/dataset.ts'
import { quote } from '../model/quote.ts'
import { suggest } from '../model/suggest.ts'
import { isTag } from './is-tag.ts'
import { otherNames } from './other-names.ts'

const recordKeys = ['id', 'input', 'expectedOutput', 'metadata', 'tags'] as const
const knownKeys: ReadonlySet<string> = new Set(recordKeys)

const MAX_ID_LENGTH = 4096
const loneSurrogate = /\p{Surrogate}/u

/** Why something is no record, and which of its values is to blame: `['input', 'ticket']`, or none. */
export interface Refusal {
  readonly message: string
  readonly path: readonly PropertyKey[]
}

/**
 * Checks that a value has the shape of a record: an object with `input`, perhaps `id`, `expectedOutput`, `metadata` and `tags`,
 * and nothing else. What those values may be is for the schemas of a dataset to say. The problem of an invalid item names no place.
 */
export function checkRecord(value: unknown): SourceItem {
  if (isRecord(value)) return { status: 'record', record: value }
  return { status: 'invalid', problem: { message: refuseRecord(value)?.message ?? 'expected a record' } }
}

export function isRecord(value: unknown): value is DatasetRecord {
  return refuseRecord(value) === undefined
}

/** Why a value is no record, or `undefined` for one that is. */
export function refuseRecord(value: unknown): Refusal | undefined {
  try {
    return findFault(value)
  } catch {
    return { message: 'expected a record that can be read, got one that throws', path: [] }
  }
}

function findFault(value: unknown): Refusal | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value) || value instanceof Promise) {
    return { message: `expected a record such as { input, expectedOutput }, got ${quote(value)}`, path: [] }
  }
  for (const key of Object.keys(value)) {
    if (!knownKeys.has(key)) return { message: describeUnknownKey(key), path: [key] }
  }
  return findInputFault(value) ?? findIdFault(Reflect.get(value, 'id')) ?? findTagsFault(Reflect.get(value, 'tags'))
}

function describeUnknownKey(key: string): string {
  const near = otherNames.get(key) ?? suggest(key, recordKeys)
  const hint = near === undefined ? '' : `; did you mean "${near}"?`
  return `expected a record with no other keys than ${recordKeys.join(', ')}, got ${quote(key)}${hint}`
}

function findInputFault(record: object): Refusal | undefined {
  const input: unknown = Reflect.get(record, 'input')
  if (typeof input === 'undefined') {
    return 'input' in record
      ? { message: 'input: expected a value, got undefined', path: ['input'] }
      : { message: 'expected a record with an input, got one without', path: [] }
  }
  if (typeof input !== 'function' && typeof input !== 'symbol') return undefined
  return { message: `input: expected a value that can be kept as JSON, got ${quote(input)}`, path: ['input'] }
}

function findIdFault(id: unknown): Refusal | undefined {
  const message = id === undefined ? undefined : describeIdFault(id)
  return message === undefined ? undefined : { message, path: ['id'] }
}

function describeIdFault(id: unknown): string | undefined {
  if (typeof id !== 'string') return `id: expected a string, got ${quote(id)}`
  if (id === '') return 'id: expected a string that is not empty, got ""'
  if (id.length > MAX_ID_LENGTH) return `id: expected at most ${MAX_ID_LENGTH} characters, got ${id.length}`
  return loneSurrogate.test(id) ? `id: expected well-formed Unicode, got a lone surrogate in ${quote(id)}` : undefined
}

function findTagsFault(tags: unknown): Refusal | undefined {
  if (tags === undefined) return undefined
  if (!Array.isArray(tags))
    return { message: `tags: expected an array of "key:value" strings, got ${quote(tags)}`, path: ['tags'] }
  for (let index = 0; index < tags.length; index++) {
    const tag: unknown = tags[index]
    if (!isTag(tag)) {
      return { message: `tags[${index}]: expected a "key:value" string, got ${quote(tag)}`, path: ['tags', index] }
    }
  }
  return undefined
}
