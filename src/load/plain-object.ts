export type UnknownRecord = { readonly [key: string]: unknown }

export function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}

/** An object literal (or one without prototype), from any realm: no array, map, promise or class instance. */
export function isPlainObject(value: unknown): value is UnknownRecord {
  if (!isObject(value) || Array.isArray(value)) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === null || Object.getPrototypeOf(prototype) === null
}

/** An object to be filled with keys from outside: `__proto__` is a key like any other in it. */
export function emptyRecord<T>(): Record<string, T> {
  return Object.create(null)
}

/** The same keys and values, with nothing inherited. */
export function copyRecord<T>(record: { readonly [key: string]: T }): Record<string, T> {
  const copy = emptyRecord<T>()
  for (const [key, value] of Object.entries(record)) copy[key] = value
  return copy
}
