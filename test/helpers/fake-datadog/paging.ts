import { type Answer, badRequest, jsonAnswer } from './answers.ts'
import type { Json } from './json.ts'
import type { Call, World } from './world.ts'

const MAX_LIMIT = 5000

interface Listed {
  readonly id: string
  readonly createdAt: bigint
}

/** Newest first; those of the same time in an order that nobody can foretell, and that stays. */
export function newestFirst<Item extends Listed>(world: World, items: Iterable<Item>): Item[] {
  return [...items].sort((one, other) => {
    if (one.createdAt !== other.createdAt) return one.createdAt < other.createdAt ? 1 : -1
    return world.random.rank(one.id) - world.random.rank(other.id)
  })
}

export interface Page<Item> {
  readonly items: readonly Item[]
  /** Cursor of the next page, empty on the last. */
  readonly after: string
}

/** The page that is asked for. */
export function takePage<Item extends { readonly id: string }>(
  world: World,
  call: Call,
  items: readonly Item[],
): Page<Item> {
  const size = Math.min(readLimit(call.query) ?? world.settings.pageSize, world.settings.pageSize)
  const cursor = call.query.get('page[cursor]') ?? ''
  const start = cursor === '' ? 0 : 1 + items.findIndex(({ id }) => encodeCursor(id) === cursor)
  if (cursor !== '' && start === 0) throw badRequest('invalid cursor')
  const taken = items.slice(start, start + size)
  const last = taken.at(-1)
  const isLast = last === undefined || start + size >= items.length
  return { items: taken, after: isLast ? '' : encodeCursor(last.id) }
}

export function pageAnswer(data: readonly Json[], after: string): Answer {
  return jsonAnswer(200, { data, meta: { after } })
}

function readLimit(query: URLSearchParams): number | undefined {
  const text = query.get('page[limit]')
  if (text === null) return undefined
  const limit = Number(text)
  if (!Number.isInteger(limit) || limit < 1 || limit > MAX_LIMIT) throw badRequest(`invalid page limit: ${text}`)
  return limit
}

function encodeCursor(id: string): string {
  return Buffer.from(`after ${id}`).toString('base64url')
}
