import { describe, expect, it, onTestFinished } from 'vitest'
import { createClient } from '../../../src/backends/datadog/client.ts'
import { readItems } from '../../../src/backends/datadog/pages.ts'
import { createClock } from '../../../src/cli/system.ts'
import { serve, settingsFor } from './helpers/server.ts'

const { signal } = new AbortController()
const listing = {
  parts: ['a/b', 'records'],
  query: { 'filter[name]': 'x&y', 'filter[tags]': ['a:b', 'c:d'] },
  purpose: 'list',
}

interface Page {
  readonly cursor: string
  readonly limit: number
}

/** Everything a list gives, and what was asked for. */
async function readAll(answer: (page: Page) => unknown) {
  const server = await serve(({ path }, response) => {
    const { searchParams } = new URL(path, 'http://x')
    const cursor = searchParams.get('page[cursor]') ?? ''
    response.end(JSON.stringify(answer({ cursor, limit: Number(searchParams.get('page[limit]')) })))
  })
  const client = createClient(settingsFor(server.origin), { clock: createClock() })
  onTestFinished(() => client.close())
  const pages: unknown[] = []
  for await (const items of readItems(client, listing, signal)) pages.push(items)
  return { pages, paths: server.asked.map(({ path }) => decodeURIComponent(path)) }
}

describe('a list', () => {
  it('is read page by page, with everything that was asked for each time', async () => {
    const { pages, paths } = await readAll(({ cursor }) =>
      cursor === '' ? { data: [1, 2], meta: { after: 'next+page' } } : { data: [3], meta: { after: '' } },
    )
    expect(pages).toEqual([[1, 2], [3]])
    const asked = '/api/v2/llm-obs/v1/a/b/records?filter[name]=x&y&filter[tags]=a:b&filter[tags]=c:d&page[limit]=1000'
    expect(paths).toEqual([asked, `${asked}&page[cursor]=next+page`])
  })

  it('ends where it has no further page', async () => {
    expect((await readAll(() => ({ data: [] }))).pages).toEqual([[]])
  })

  it('ends where it would begin again', async () => {
    const { pages } = await readAll(() => ({ data: [1], meta: { after: 'same' } }))
    expect(pages.length).toBe(2)
  })

  it('is read in smaller pages where one is too long', async () => {
    const { pages, paths } = await readAll(({ limit, cursor }) => ({
      data: limit > 250 ? ['x'.repeat(9 * 1024 * 1024)] : [limit],
      meta: { after: cursor === '' ? 'next' : '' },
    }))
    expect(pages).toEqual([[250], [250]])
    expect(paths.length).toBe(4)
  })

  it('is read from a server that gives as many as it likes', async () => {
    const { pages } = await readAll(() => ({ data: ['x'.repeat(9 * 1024 * 1024)] }))
    expect(pages).toEqual([['x'.repeat(9 * 1024 * 1024)]])
  })

  it('that is no list is none', async () => {
    await expect(readAll(() => ({ meta: {} }))).rejects.toMatchObject({ failure: { kind: 'unreachable' } })
  })
})
