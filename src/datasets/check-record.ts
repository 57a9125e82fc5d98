import type { DatasetRecord, SourceItem } from '../model/dataset.ts'
import { quote } from '../model/quote.ts'
import { suggest } from '../model/suggest.ts'

const recordKeys = ['id', 'input', 'expectedOutput', 'metadata', 'tags'] as const
const knownKeys: ReadonlySet<string> = new Set(recordKeys)

/** What other tools call these things. */
const otherNames: ReadonlyMap<string, string> = new Map([
  ['answer', 'expectedOutput'],
  ['expected', 'expectedOutput'],
  ['expected_output', 'expectedOutput'],
  ['label', 'expectedOutput'],
  ['output', 'expectedOutput'],
  ['outputs', 'expectedOutput'],
  ['reference', 'expectedOutput'],
  ['target', 'expectedOutput'],
  ['inputs', 'input'],
  ['prompt', 'input'],
  ['question', 'input'],
  ['vars', 'input'],
  ['meta', 'metadata'],
  ['name', 'id'],
])

const MAX_ID_LENGTH = 4096
const loneSurrogate = /\p{Surrogate}/u
const tagPattern = /^[^:]+:./s

/**
 * Checks that a value has the shape of a record: an object with `input`, perhaps `id`, `expectedOutput`, `metadata` and `tags`,
 * and nothing else. What those values may be is for the schemas of a dataset to say. The problem of an invalid item names no place.
 */
export function checkRecord(value: unknown): SourceItem {
  try {
    if (isRecord(value)) return { status: 'record', record: value }
    return { status: 'invalid', problem: { message: findFault(value) ?? 'expected a record' } }
  } catch {
    return { status: 'invalid', problem: { message: 'expected a record that can be read, got one that throws' } }
  }
}

function isRecord(value: unknown): value is DatasetRecord {
  return findFault(value) === undefined
}

function findFault(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value) || value instanceof Promise) {
    return `expected a record such as { input, expectedOutput }, got ${quote(value)}`
  }
  for (const key of Object.keys(value)) {
    if (!knownKeys.has(key)) return describeUnknownKey(key)
  }
  return findInputFault(value) ?? findIdFault(Reflect.get(value, 'id')) ?? findTagsFault(Reflect.get(value, 'tags'))
}

function describeUnknownKey(key: string): string {
  const near = otherNames.get(key) ?? suggest(key, recordKeys)
  const hint = near === undefined ? '' : `; did you mean "${near}"?`
  return `expected a record with no other keys than ${recordKeys.join(', ')}, got ${quote(key)}${hint}`
}

function findInputFault(record: object): string | undefined {
  const input: unknown = Reflect.get(record, 'input')
  if (typeof input === 'undefined') {
    return 'input' in record
      ? 'input: expected a value, got undefined'
      : 'expected a record with an input, got one without'
  }
  if (typeof input !== 'function' && typeof input !== 'symbol') return undefined
  return `input: expected a value that can be kept as JSON, got ${quote(input)}`
}

function findIdFault(id: unknown): string | undefined {
  if (id === undefined) return undefined
  if (typeof id !== 'string') return `id: expected a string, got ${quote(id)}`
  if (id === '') return 'id: expected a string that is not empty, got ""'
  if (id.length > MAX_ID_LENGTH) return `id: expected at most ${MAX_ID_LENGTH} characters, got ${id.length}`
  return loneSurrogate.test(id) ? `id: expected well-formed Unicode, got a lone surrogate in ${quote(id)}` : undefined
}

function findTagsFault(tags: unknown): string | undefined {
  if (tags === undefined) return undefined
  if (!Array.isArray(tags)) return `tags: expected an array of "key:value" strings, got ${quote(tags)}`
  for (let index = 0; index < tags.length; index++) {
    const tag: unknown = tags[index]
    if (typeof tag !== 'string' || !tagPattern.test(tag)) {
      return `tags[${index}]: expected a "key:value" string, got ${quote(tag)}`
    }
  }
  return undefined
}
