import { suggest } from '../model/suggest.ts'
import type { JsonPath } from './json.ts'
import { type Container, enterContainer, nextMember } from './json-container.ts'
import { type Cursor, createCursor, describeNext, failAt, type Step, skipSpace, skipValue } from './json-cursor.ts'
import { listNames } from './list-names.ts'

const MAX_KEYS = 1_000

/**
 * Moves to the value at the path in the one that comes next, and gives what was entered on the way.
 *
 * @throws LlmobsExpError `E_DATASET_FILE` when there is none
 */
export function* enterPath(cursor: Cursor, path: JsonPath): Step<Container[]> {
  const entered: Container[] = []
  for (const [depth, segment] of path.entries()) {
    const where = describePath(path.slice(0, depth))
    const container = yield* enterContainer(cursor)
    if (container === undefined) {
      throw failAt(
        cursor,
        `expected an object or an array at ${where}, to find ${describeSegment(segment)} in, got ${describeNext(cursor)}`,
      )
    }
    yield* findMember(cursor, { container, segment, where })
    entered.push(container)
  }
  yield* skipSpace(cursor)
  return entered
}

interface Wanted {
  readonly container: Container
  readonly segment: string | number
  readonly where: string
}

function* findMember(cursor: Cursor, { container, segment, where }: Wanted): Step<void> {
  const keys: string[] = []
  for (;;) {
    const found = yield* nextMember(cursor, container)
    if (found === undefined) throw missing(cursor, { container, segment, where }, keys)
    if (String(found) === String(segment)) return
    if (keys.length < MAX_KEYS) keys.push(String(found))
    yield* skipValue(cursor)
  }
}

function missing(cursor: Cursor, { container, segment, where }: Wanted, keys: readonly string[]) {
  if (container.kind === 'array') {
    return failAt(cursor, `expected ${describeSegment(segment)} in ${where}, got an array of ${container.members}`)
  }
  const near = suggest(String(segment), keys)
  const hint = near === undefined ? '' : `; did you mean "${near}"?`
  const got = keys.length === 0 ? 'an object without keys' : `the keys ${listNames(keys)}`
  return failAt(cursor, `expected ${describeSegment(segment)} in ${where}, got ${got}${hint}`)
}

function describeSegment(segment: string | number): string {
  return typeof segment === 'number' ? `an item ${segment}` : `a key ${JSON.stringify(segment)}`
}

function describePath(path: JsonPath): string {
  return path.length === 0 ? 'the document' : JSON.stringify(path.join('.'))
}

/** Where the value at the path begins in JSON text; where the nearest one around it does, when there is none. */
export function locateInJson(text: string, path: readonly PropertyKey[]): number {
  const cursor = createCursor('', text)
  cursor.isLast = true
  let found = 0
  for (const segment of path) {
    if (!moveTo(cursor, segment)) break
    found = cursor.at
  }
  return found
}

function moveTo(cursor: Cursor, segment: PropertyKey): boolean {
  const container = finish(enterContainer(cursor))
  if (container === undefined) return false
  for (;;) {
    const key = finish(nextMember(cursor, container))
    if (key === undefined) return false
    if (String(key) === String(segment)) return finish(skipSpace(cursor)) !== undefined
    finish(skipValue(cursor))
  }
}

/** The whole text is at hand: no step has to wait. */
function finish<T>(step: Step<T>): T | undefined {
  const result = step.next()
  return result.done === true ? result.value : undefined
}
