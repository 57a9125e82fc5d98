export type Json = string | number | boolean | null | JsonList | JsonObject
export type JsonList = readonly Json[]
export interface JsonObject {
  readonly [name: string]: Json
}

/** The value, or undefined when the text is no JSON. */
export function parseJson(text: string): Json | undefined {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

export function isList(value: Json | undefined): value is JsonList {
  return Array.isArray(value)
}

export function isTexts(value: Json | undefined): value is readonly string[] {
  return isList(value) && value.every((one) => typeof one === 'string')
}

/** The member at the end of the path, undefined when there is none. */
export function memberAt(value: Json | undefined, ...path: readonly string[]): Json | undefined {
  let found = value
  for (const name of path) found = isObject(found) && Object.hasOwn(found, name) ? found[name] : undefined
  return found
}

/** The text at the end of the path, empty when there is none. */
export function textAt(value: Json | undefined, ...path: readonly string[]): string {
  const found = memberAt(value, ...path)
  return typeof found === 'string' ? found : ''
}

/** Whether the two say the same, whatever the order of their members. */
export function isSame(one: Json, other: Json): boolean {
  if (isList(one)) {
    return (
      isList(other) && one.length === other.length && one.every((item, index) => isSame(item, other[index] ?? null))
    )
  }
  if (!isObject(one)) return one === other
  if (!isObject(other)) return false
  const names = Object.keys(one)
  return (
    names.length === Object.keys(other).length &&
    names.every((name) => Object.hasOwn(other, name) && isSame(one[name] ?? null, other[name] ?? null))
  )
}

/** Whether everything of the part is in the whole, in lists in any order: what `@>` means in Postgres. */
export function contains(whole: Json | undefined, part: Json): boolean {
  if (isList(part)) return isList(whole) && part.every((item) => whole.some((candidate) => contains(candidate, item)))
  if (isObject(part)) {
    return isObject(whole) && Object.entries(part).every(([name, value]) => contains(memberAt(whole, name), value))
  }
  return whole === part
}
