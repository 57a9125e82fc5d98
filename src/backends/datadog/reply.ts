import { parseJson } from '../../model/json.ts'

/** A member of whatever was answered, along a path of names; undefined where there is none. */
export function readMember(value: unknown, ...path: readonly string[]): unknown {
  let found = value
  for (const name of path) {
    if (typeof found !== 'object' || found === null || !Object.hasOwn(found, name)) return undefined
    found = Reflect.get(found, name)
  }
  return found
}

export function readText(value: unknown, ...path: readonly string[]): string | undefined {
  const found = readMember(value, ...path)
  return typeof found === 'string' ? found : undefined
}

export function readNumber(value: unknown, ...path: readonly string[]): number | undefined {
  const found = readMember(value, ...path)
  return typeof found === 'number' ? found : undefined
}

export function readList(value: unknown, ...path: readonly string[]): readonly unknown[] {
  const found: unknown = readMember(value, ...path)
  return Array.isArray(found) ? found : []
}

/** An id that something was given there. Others than these could not be put into a path or a link. */
export function readId(value: unknown, ...path: readonly string[]): string | undefined {
  const found = readText(value, ...path)
  return found !== undefined && /^[\w.:-]{1,200}$/.test(found) && !/^\.+$/.test(found) ? found : undefined
}

/** What was answered, where it is JSON. */
export function parseReply(text: string | undefined): unknown {
  if (text === undefined || text.trim() === '') return undefined
  try {
    return parseJson(text)
  } catch {
    return undefined
  }
}

/** What an answer says went wrong; undefined when it says nothing. */
export function readErrors(body: unknown): string | undefined {
  const texts = readList(body, 'errors').flatMap((error) => readErrorText(error) ?? [])
  return texts.length === 0 ? undefined : [...new Set(texts)].join('; ')
}

export function readErrorText(error: unknown): string | undefined {
  if (typeof error === 'string') return error
  return readText(error, 'detail') ?? readText(error, 'title') ?? readText(error, 'message')
}

/** A member to be spread, where there is something to put into it. */
export function present<Name extends string, T>(name: Name, value: T | undefined): { readonly [N in Name]?: T } {
  const members: { [N in Name]?: T } = {}
  if (value !== undefined) members[name] = value
  return members
}
