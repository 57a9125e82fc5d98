import { parseJson } from '../model/json.ts'
import { describeFaultyByte, type TextBlock } from './decode-text.ts'
import type { Entry, Format, Stretch } from './entry.ts'
import { findJsonError } from './find-json-error.ts'
import type { JsonPath } from './json.ts'
import { type Container, enterContainer, leaveContainer, nextMember } from './json-container.ts'
import {
  type Cursor,
  columnOf,
  createCursor,
  describeNext,
  END,
  failAt,
  feed,
  MORE,
  readValue,
  type Step,
  skipSpace,
  skipValue,
} from './json-cursor.ts'
import { enterPath, locateInJson } from './json-path.ts'
import { listNames } from './list-names.ts'
import { spotError, spotIn } from './spot.ts'

const OPEN_ARRAY = 0x5b
const MAX_KEYS = 1_000

/** A document with an array of records, which is at the path. */
export function jsonFormat(file: string, path: JsonPath): Format {
  return {
    parse: (blocks) => parseDocument(blocks, file, path),
    locate: (entry, at) => spotIn(entry, locateInJson(entry.text, at)),
  }
}

type Walk = Generator<typeof MORE | Entry, void, undefined>

async function* parseDocument(
  blocks: AsyncIterable<TextBlock>,
  file: string,
  path: JsonPath,
): AsyncGenerator<readonly Entry[], void, undefined> {
  const cursor = createCursor(file)
  const walk = walkDocument(cursor, path)
  for await (const { text, faults } of blocks) {
    const [fault] = faults
    feed(cursor, fault === undefined ? text : text.slice(0, fault.offset))
    yield* readOn(walk)
    if (fault !== undefined) throw failAt(cursor, describeFaultyByte(fault.byte))
  }
  cursor.isLast = true
  yield* readOn(walk)
}

/** What ends in this block; what came before a failure is given before it is thrown. */
function* readOn(walk: Walk): Generator<readonly Entry[], void, undefined> {
  const entries: Entry[] = []
  try {
    for (let step = walk.next(); step.done !== true && step.value !== MORE; step = walk.next()) entries.push(step.value)
  } catch (failure) {
    if (entries.length > 0) yield entries
    throw failure
  }
  if (entries.length > 0) yield entries
}

function* walkDocument(cursor: Cursor, path: JsonPath): Walk {
  const entered = yield* enterPath(cursor, path)
  const start = { ...cursor }
  const array = yield* enterContainer(cursor)
  if (array?.kind !== 'array') throw yield* explainOther(cursor, { container: array, start, path })
  while ((yield* nextMember(cursor, array)) !== undefined) yield yield* readEntry(cursor)
  for (const container of entered.reverse()) yield* leaveContainer(cursor, container)
  if ((yield* skipSpace(cursor)) !== END) {
    throw failAt(cursor, `expected nothing after the document, got ${describeNext(cursor)}`)
  }
}

function* readEntry(cursor: Cursor): Step<Entry> {
  const { line } = cursor
  const column = columnOf(cursor)
  const text = yield* readValue(cursor)
  if (text === '') throw failAt(cursor, `expected a value, got ${describeNext(cursor)}`)
  return { status: 'value', value: parseValue(cursor.file, { text, line, column }), text, line, column }
}

/** What is no JSON within one value leaves no doubt but that the rest of the document is none either. */
function parseValue(file: string, stretch: Stretch): unknown {
  try {
    return parseJson(stretch.text)
  } catch {
    const fault = findJsonError(stretch.text, 'file') ?? { offset: 0, message: 'expected JSON' }
    throw spotError({ file, message: `not JSON: ${fault.message}`, spot: spotIn(stretch, fault.offset) })
  }
}

interface OtherValue {
  readonly container: Container | undefined
  /** Where it begins. */
  readonly start: Cursor
  readonly path: JsonPath
}

/** Why what was found is no array of records, and where in it there is one. */
function* explainOther(cursor: Cursor, { container, start, path }: OtherValue): Step<Error> {
  if (container === undefined) return failAt(start, `expected an array of records, got ${describeNext(start)}`)
  const keys: string[] = []
  let hint: string | undefined
  for (;;) {
    const key = yield* nextMember(cursor, container)
    if (key === undefined) break
    if (keys.length < MAX_KEYS) keys.push(String(key))
    if ((yield* skipSpace(cursor)) === OPEN_ARRAY) hint ??= `at: ${describePath([...path, key])} reads the array there`
    yield* skipValue(cursor)
  }
  if (keys.includes('input')) hint = 'a record a line is JSON Lines, which jsonl() reads'
  const got = keys.length === 0 ? 'an empty object' : `an object with the keys ${listNames(keys)}`
  return failAt(start, `expected an array of records, got ${got}`, hint)
}

function describePath(path: JsonPath): string {
  const isPlain = path.every((segment) => !String(segment).includes('.'))
  return isPlain ? JSON.stringify(path.join('.')) : JSON.stringify(path)
}
