import { LlmobsExpError } from '../model/errors.ts'
import { forbiddenNames } from '../model/evaluation.ts'
import type { Json } from '../model/json.ts'
import { suggest } from '../model/suggest.ts'
import type { KeyValue } from './option-values.ts'

type PlainObject = { [key: string]: unknown }

/**
 * Writes `--config key=value` into a definition's config. A value that is JSON is read as JSON, any other is a text. A dot in
 * the key reaches into an object, unless the config has a key with that very dot.
 *
 * @param origin - the flag or environment variable, for messages
 * @throws LlmobsExpError E_OPTION for a key the definition's config does not have, or that leads through something other than an object
 * @example applyConfig('{"model":"small","limits":{"tokens":1}}', [{ key: 'limits.tokens', value: '5' }], '--config')
 */
export function applyConfig(config: Json, assignments: readonly KeyValue[], origin: string): Json {
  if (assignments.length === 0) return config
  const parsed: unknown = JSON.parse(config)
  if (parsed !== null && !isPlainObject(parsed)) {
    throw refusal(origin, 'a definition whose config is an object', describe(parsed))
  }
  const target = parsed ?? {}
  const known = Object.keys(target)
  for (const assignment of assignments) {
    const path = pathOf(assignment.key, target)
    refuseBadPath(path, assignment, origin)
    if (known.length > 0) refuseUnknown(path, known, origin)
    assign(target, path, { assignment, origin })
  }
  return JSON.stringify(target)
}

/** An assignment inside an object of the config that made a key where one of nearly the same name is. */
export interface DoubtfulKey {
  readonly key: string
  readonly near: string
}

/** What lies inside an object may be new; a new key that looks like an old one is worth a word. */
export function findDoubtfulKeys(config: Json, assignments: readonly KeyValue[]): DoubtfulKey[] {
  if (assignments.length === 0) return []
  const parsed: unknown = JSON.parse(config)
  return assignments.flatMap(({ key }) => {
    const near = isPlainObject(parsed) ? nearKey(pathOf(key, parsed), parsed) : undefined
    return near === undefined ? [] : [{ key, near }]
  })
}

function nearKey(path: readonly string[], config: PlainObject): string | undefined {
  let place: unknown = config
  for (const [depth, part] of path.entries()) {
    if (!isPlainObject(place)) return undefined
    if (!Object.hasOwn(place, part)) {
      const near = suggest(part, Object.keys(place))
      return near === undefined ? undefined : [...path.slice(0, depth), near, ...path.slice(depth + 1)].join('.')
    }
    place = place[part]
  }
  return undefined
}

function pathOf(key: string, target: PlainObject): readonly string[] {
  return Object.hasOwn(target, key) ? [key] : key.split('.')
}

function refuseBadPath(path: readonly string[], assignment: KeyValue, origin: string): void {
  const bad = path.find((part) => part === '' || forbiddenNames.has(part))
  if (bad !== undefined) {
    const expected = `a key without ${bad === '' ? 'empty parts' : `"${bad}"`}`
    throw refusal(origin, expected, JSON.stringify(assignment.key))
  }
}

function refuseUnknown(path: readonly string[], known: readonly string[], origin: string): void {
  const [top = ''] = path
  if (known.includes(top)) return
  const near = suggest(top, known)
  throw new LlmobsExpError(
    'E_OPTION',
    `${origin}: expected a key of the definition's config (${known.slice(0, 20).join(', ')}), got ${JSON.stringify(top)}`,
    near === undefined ? {} : { hint: `did you mean ${JSON.stringify(near)}?` },
  )
}

function assign(target: PlainObject, path: readonly string[], from: { assignment: KeyValue; origin: string }): void {
  let place = target
  for (const [depth, part] of path.slice(0, -1).entries()) {
    const next: unknown = Object.hasOwn(place, part) ? place[part] : undefined
    const child = next ?? {}
    if (!isPlainObject(child)) {
      throw refusal(from.origin, `an object at ${JSON.stringify(path.slice(0, depth + 1).join('.'))}`, describe(child))
    }
    place[part] = child
    place = child
  }
  place[path.at(-1) ?? ''] = parseValue(from.assignment.value)
}

/** A number that would not come back as it was written (an id of 20 digits) stays a text. */
function parseValue(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text)
    const isLossy = typeof value === 'number' && Math.abs(value) > Number.MAX_SAFE_INTEGER
    return isLossy ? text : value
  } catch {
    return text
  }
}

function isPlainObject(value: unknown): value is PlainObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function describe(value: unknown): string {
  if (Array.isArray(value)) return 'an array'
  return value === null ? 'null' : `a ${typeof value}`
}

function refusal(origin: string, expected: string, got: string): LlmobsExpError {
  return new LlmobsExpError('E_OPTION', `${origin}: expected ${expected}, got ${got}`)
}
