import { parseJson } from '../model/json.ts'
import { type Cursor, describeNext, failAt, readValue, type Step, skipSpace, skipValue } from './json-cursor.ts'

/** An object or an array that was entered. */
export interface Container {
  readonly kind: 'object' | 'array'
  members: number
}

const COMMA = 0x2c
const COLON = 0x3a
const QUOTE = 0x22
const openings: ReadonlyMap<number, Container['kind']> = new Map([
  [0x7b, 'object'],
  [0x5b, 'array'],
])
const closings = { object: 0x7d, array: 0x5d } as const

/** Enters the object or array that comes next; `undefined` when it is neither. */
export function* enterContainer(cursor: Cursor): Step<Container | undefined> {
  const kind = openings.get(yield* skipSpace(cursor))
  if (kind === undefined) return undefined
  cursor.at++
  return { kind, members: 0 }
}

/** Moves to the value of the next member and gives its key or index; behind the container, `undefined`, when there is none. */
export function* nextMember(cursor: Cursor, container: Container): Step<string | number | undefined> {
  const close = closings[container.kind]
  const code = yield* skipSpace(cursor)
  if (code === close) {
    cursor.at++
    return undefined
  }
  if (container.members > 0) {
    if (code !== COMMA)
      throw failAt(cursor, `expected "," or "${String.fromCharCode(close)}", got ${describeNext(cursor)}`)
    cursor.at++
    if ((yield* skipSpace(cursor)) === close)
      throw failAt(cursor, `expected another value after the comma, got ${describeNext(cursor)}`)
  }
  container.members++
  return container.kind === 'object' ? yield* readKey(cursor) : container.members - 1
}

function* readKey(cursor: Cursor): Step<string> {
  if ((yield* skipSpace(cursor)) !== QUOTE)
    throw failAt(cursor, `expected a key in double quotes, got ${describeNext(cursor)}`)
  const key = parseKey(yield* readValue(cursor))
  if (key === undefined) throw failAt(cursor, 'expected a key that is JSON before this place')
  if ((yield* skipSpace(cursor)) !== COLON) throw failAt(cursor, `expected ":", got ${describeNext(cursor)}`)
  cursor.at++
  yield* skipSpace(cursor)
  return key
}

function parseKey(text: string): string | undefined {
  try {
    const key: unknown = parseJson(text)
    return typeof key === 'string' ? key : undefined
  } catch {
    return undefined
  }
}

/** Passes over the members that are left, to behind the container. */
export function* leaveContainer(cursor: Cursor, container: Container): Step<void> {
  while ((yield* nextMember(cursor, container)) !== undefined) yield* skipValue(cursor)
}
