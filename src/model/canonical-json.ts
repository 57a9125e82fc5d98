import { type Json, type JsonText, parseJson, stringifyJson, toJson } from './json.ts'

export interface CanonicalText extends JsonText {
  /** See `canonicalJson`. */
  readonly canonical: Json
}

/** `toJson` and `canonicalJson` of the same value, at little more than the price of the first. */
export function toCanonicalJson(value: unknown): CanonicalText {
  const { json, changes } = toJson(value)
  // What was written as it is can be sorted as it is, without being parsed again.
  if (changes.length > 0 || typeof value !== 'object' || value === null) {
    return { json, changes, canonical: canonicalJson(json) }
  }
  return { json, changes, canonical: isSorted(value) ? json : stringifyJson(sortKeys(value)) }
}

/**
 * The same text for the same JSON value, whatever the order of its keys: objects are written with sorted keys.
 * @example canonicalJson('{"b":1,"a":2}') // '{"a":2,"b":1}'
 */
export function canonicalJson(json: Json): Json {
  const first = json.charCodeAt(0)
  if (first !== 0x7b && first !== 0x5b) return json
  const value: unknown = parseJson(json)
  return isSorted(value) ? stringifyJson(value) : stringifyJson(sortKeys(value))
}

/** Most values are, and sorting makes a slow copy of every object. */
function isSorted(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return true
  if (Array.isArray(value)) return value.every(isSorted)
  let last = ''
  for (const key of Object.keys(value)) {
    if (key < last || !isSorted(Reflect.get(value, key))) return false
    last = key
  }
  return true
}

function sortKeys(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return Array.from(value, sortKeys)
  const sorted: Record<string, unknown> = Object.create(null)
  for (const key of Object.keys(value).sort()) sorted[key] = sortKeys(Reflect.get(value, key))
  return sorted
}
