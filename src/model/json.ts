/** JSON text. Values travel between threads and to disk in this form and are parsed only by who needs them. */
export type Json = string

/** What writing a value as JSON changed; said once for each kind. */
export type JsonChange =
  | 'bigint'
  | 'binary'
  | 'circular'
  | 'class'
  | 'date'
  | 'error'
  | 'function'
  | 'map'
  | 'nonFinite'
  | 'set'
  | 'symbol'
  | 'unredacted'
  | 'unreadable'

/** What each change means, for people. */
export const jsonChanges: { readonly [K in JsonChange]: string } = {
  bigint: 'a BigInt is kept as a string',
  binary: 'binary data is kept as base64',
  circular: 'a circular reference is kept as "[Circular]"',
  class: 'a class instance is kept as a plain object',
  date: 'a Date is kept as an ISO 8601 string',
  error: 'an Error is kept as { name, message, stack }',
  function: 'a function is left out',
  map: 'a Map is kept as { "$map": [[key, value], …] }',
  nonFinite: 'NaN and Infinity are kept as null',
  set: 'a Set is kept as { "$set": [value, …] }',
  symbol: 'a symbol is left out',
  unredacted: 'a value for which redact threw is kept as "[redaction failed]"',
  unreadable: 'a property that throws when read is kept as "[Unreadable]"',
}

export interface JsonText {
  readonly json: Json
  readonly changes: readonly JsonChange[]
}

// User code may replace them; what this tool keeps must not depend on that.
export const { parse: parseJson, stringify: stringifyJson } = JSON

export const MAX_DEPTH = 500
const MAX_BINARY = 1024 * 1024
const NO_CHANGES: readonly JsonChange[] = []

/** Thrown for a value that cannot be kept at all. */
export class UnkeepableValueError extends Error {
  override readonly name = 'UnkeepableValueError'
}

/**
 * Writes any value as JSON: the only serialiser of user values in this tool. What JSON has no word for is kept in the nearest
 * readable form (see `jsonChanges`), `undefined` as null at the top and left out in objects.
 *
 * @throws UnkeepableValueError when it is nested deeper than 500 or too long for a string
 * @example toJson({ when: new Date(0) }) // { json: '{"when":"1970-01-01T00:00:00.000Z"}', changes: ['date'] }
 */
export function toJson(value: unknown): JsonText {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return { json: stringify(value), changes: NO_CHANGES }
    case 'number':
      if (Number.isFinite(value)) return { json: String(value === 0 ? 0 : value), changes: NO_CHANGES }
  }
  if (isPlainJson(value, 0)) return { json: stringify(value), changes: NO_CHANGES }
  const changes = new Set<JsonChange>()
  const plain = makePlain(value, { changes, ancestors: new Set() })
  return { json: stringify(plain === undefined ? null : plain), changes: [...changes] }
}

function stringify(value: unknown): Json {
  try {
    return stringifyJson(value)
  } catch (cause) {
    throw new UnkeepableValueError(`expected a value that fits into a string, got one that does not (${String(cause)})`)
  }
}

/** Whether `JSON.stringify` would write it faithfully and without running any code of the value. */
function isPlainJson(value: unknown, depth: number): boolean {
  if (typeof value === 'string' || typeof value === 'boolean' || value === null) return true
  if (typeof value === 'number') return Number.isFinite(value)
  if (typeof value !== 'object' || depth >= MAX_DEPTH) return false
  if (Array.isArray(value)) return isPlainArray(value, depth)
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype !== Object.prototype && prototype !== null) return false
  return isPlainObject(value, depth)
}

function isPlainArray(value: readonly unknown[], depth: number): boolean {
  for (let index = 0; index < value.length; index++) {
    if (!(index in value) || !isPlainJson(value[index], depth + 1)) return false
  }
  return Object.getPrototypeOf(value) === Array.prototype && !('toJSON' in value)
}

function isPlainObject(value: object, depth: number): boolean {
  if ('toJSON' in value) return false
  for (const key of Object.keys(value)) {
    const property = Object.getOwnPropertyDescriptor(value, key)
    if (property === undefined || property.get !== undefined || !isPlainJson(property.value, depth + 1)) return false
  }
  return true
}

interface Walk {
  readonly changes: Set<JsonChange>
  readonly ancestors: Set<object>
}

function makePlain(value: unknown, walk: Walk): unknown {
  switch (typeof value) {
    case 'bigint':
      walk.changes.add('bigint')
      return value.toString()
    case 'number':
      if (Number.isFinite(value)) return value
      walk.changes.add('nonFinite')
      return null
    case 'function':
      walk.changes.add('function')
      return undefined
    case 'symbol':
      walk.changes.add('symbol')
      return undefined
    case 'object':
      return value === null ? null : makeObjectPlain(value, walk)
    default:
      return value
  }
}

function makeObjectPlain(value: object, walk: Walk): unknown {
  if (walk.ancestors.has(value)) {
    walk.changes.add('circular')
    return '[Circular]'
  }
  if (walk.ancestors.size >= MAX_DEPTH) {
    throw new UnkeepableValueError(`expected a value nested at most ${MAX_DEPTH} deep, got a deeper one`)
  }
  walk.ancestors.add(value)
  try {
    return convertObject(value, walk)
  } catch (error) {
    if (error instanceof UnkeepableValueError) throw error
    walk.changes.add('unreadable')
    return '[Unreadable]'
  } finally {
    walk.ancestors.delete(value)
  }
}

function convertObject(value: object, walk: Walk): unknown {
  if (Array.isArray(value)) return Array.from(value, (item) => makePlain(item, walk) ?? null)
  if (value instanceof Date) return convertDate(value, walk)
  if (value instanceof Map) {
    walk.changes.add('map')
    return { $map: Array.from(value, ([key, item]) => [makePlain(key, walk) ?? null, makePlain(item, walk) ?? null]) }
  }
  if (value instanceof Set) {
    walk.changes.add('set')
    return { $set: Array.from(value, (item) => makePlain(item, walk) ?? null) }
  }
  if (value instanceof ArrayBuffer || ArrayBuffer.isView(value)) return convertBinary(value, walk)
  if (value instanceof Error) {
    walk.changes.add('error')
    return { name: value.name, message: value.message, stack: value.stack ?? null, ...convertProperties(value, walk) }
  }
  const toJSON: unknown = Reflect.get(value, 'toJSON')
  if (typeof toJSON === 'function') return makePlain(Reflect.apply(toJSON, value, ['']), walk)
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype !== Object.prototype && prototype !== null) walk.changes.add('class')
  return convertProperties(value, walk)
}

function convertDate(value: Date, walk: Walk): string | null {
  walk.changes.add(Number.isNaN(value.getTime()) ? 'nonFinite' : 'date')
  return Number.isNaN(value.getTime()) ? null : value.toISOString()
}

function convertBinary(value: ArrayBuffer | ArrayBufferView, walk: Walk): string {
  walk.changes.add('binary')
  const bytes = ArrayBuffer.isView(value)
    ? Buffer.from(value.buffer, value.byteOffset, Math.min(value.byteLength, MAX_BINARY))
    : Buffer.from(value, 0, Math.min(value.byteLength, MAX_BINARY))
  return bytes.toString('base64')
}

function convertProperties(value: object, walk: Walk): object {
  const plain: Record<string, unknown> = Object.create(null)
  for (const key of Object.keys(value)) {
    const item = makePlain(readProperty(value, key, walk), walk)
    if (item !== undefined) plain[key] = item
  }
  return plain
}

function readProperty(value: object, key: string, walk: Walk): unknown {
  try {
    return Reflect.get(value, key)
  } catch {
    walk.changes.add('unreadable')
    return '[Unreadable]'
  }
}

/** Freezes a parsed JSON value all the way down, so that no reader can change what the next one sees. */
export function deepFreeze(value: unknown): void {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return
  Object.freeze(value)
  for (const key of Object.keys(value)) deepFreeze(Reflect.get(value, key))
}
