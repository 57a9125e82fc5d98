import type { Client } from './client.ts'
import { RequestError } from './failures.ts'
import { apiPath, type Query, underBase } from './paths.ts'
import { readList, readMember, readText } from './reply.ts'

/** A longer page is asked for anew as smaller ones: it takes several times its length while it is read. */
const MAX_PAGE_BYTES = 8 * 1024 * 1024
/** A page of a single item, or of a server that gives as many as it likes. */
const MAX_LAST_BYTES = 64 * 1024 * 1024
const PAGE_LIMIT = 1_000
/** Of a page that is not the first: otherwise a long list would be begun again whenever a single one of its pages fails. */
const ATTEMPTS = 5

export interface Listing {
  readonly parts: readonly string[]
  readonly query?: Query
  /** Of another version of the API. */
  readonly base?: string
  /** Items a page. @default 1000 */
  readonly limit?: number
  readonly purpose: string
}

/** The pages of a list, each as it was answered. A server that gives a cursor twice is at the end, not at its beginning again. */
export async function* readPages(client: Client, listing: Listing, signal: AbortSignal): AsyncGenerator<unknown, void> {
  const seen = new Set<string>()
  let limit = listing.limit ?? PAGE_LIMIT
  let cursor = ''
  do {
    const page = await readPage(client, { ...listing, limit, cursor, attempts: seen.size === 0 ? 1 : ATTEMPTS }, signal)
    limit = page.limit
    yield page.body
    cursor = readText(page.body, 'meta', 'after') ?? ''
    if (seen.has(cursor)) return
    seen.add(cursor)
  } while (cursor !== '')
}

/** The items of a list, page by page. */
export async function* readItems(
  client: Client,
  listing: Listing,
  signal: AbortSignal,
): AsyncGenerator<readonly unknown[], void> {
  for await (const body of readPages(client, listing, signal)) yield readList(body, 'data')
}

type AskedPage = Listing & { readonly limit: number; readonly cursor: string; readonly attempts: number }

async function readPage(client: Client, asked: AskedPage, signal: AbortSignal) {
  const { purpose, attempts } = asked
  for (let limit = asked.limit; ; limit = Math.floor(limit / 2)) {
    const path = pathOf(asked, limit)
    const bulkBytes = limit > 1 ? MAX_PAGE_BYTES : MAX_LAST_BYTES
    const { body } = await client.send({ method: 'GET', path, purpose, bulkBytes, attempts }, signal)
    if (readMember(body, 'data') !== undefined) return { body, limit }
    if (limit <= 1) throw unreadable(`cannot ${purpose}: the answer is longer than expected, or no list`)
  }
}

function pathOf({ base, parts, query, cursor }: AskedPage, limit: number): string {
  const whole = { ...query, 'page[limit]': limit, 'page[cursor]': cursor === '' ? undefined : cursor }
  return base === undefined ? apiPath(parts, whole) : underBase(base, parts, whole)
}

/** What to say of an answer that is not what it should be: another one may come the next time. */
export function unreadable(message: string): RequestError {
  return new RequestError(message, { kind: 'unreachable' }, { mayHaveArrived: true })
}
