import { describe, expect, it } from 'vitest'
import type { FakeDatadog } from '../helpers/fake-datadog/fake-datadog.ts'
import { textAt } from '../helpers/fake-datadog/json.ts'
import { attributesOf, dataOf, get, idsOf, itemsOf, patch, post, type Reply, startBackend } from './client.ts'
import { append, pathOf, seedDataset, versionsOf } from './set-up.ts'

/** Ids of all pages, a list for each. */
async function pages(backend: FakeDatadog, path: string): Promise<string[][]> {
  const found: string[][] = []
  let cursor = ''
  do {
    const separator = path.includes('?') ? '&' : '?'
    const reply: Reply = await get(backend, cursor === '' ? path : `${path}${separator}page[cursor]=${cursor}`)
    found.push(idsOf(reply))
    cursor = textAt(reply.json, 'meta', 'after')
  } while (cursor !== '')
  return found
}

describe('a list', () => {
  it('has the newest first, page by page, each of them once', async () => {
    const backend = await startBackend({ pageSize: 2 })
    const ids = ['a', 'b', 'c', 'd', 'e'].map((name) => backend.seed.project({ name }).id)
    expect(await pages(backend, '/projects')).toEqual([[ids[4], ids[3]], [ids[2], ids[1]], [ids[0]]])
    expect(await pages(backend, '/projects?page[limit]=1')).toHaveLength(5)
    expect(await pages(backend, '/projects?page[limit]=5000')).toHaveLength(3)
  })

  it('has no next page when the last one is full', async () => {
    const backend = await startBackend({ pageSize: 2 })
    for (const name of ['a', 'b']) backend.seed.project({ name })
    expect(await pages(backend, '/projects')).toHaveLength(1)
  })

  it('goes on where it was when something new has come meanwhile', async () => {
    const backend = await startBackend({ pageSize: 1 })
    const ids = ['a', 'b'].map((name) => backend.seed.project({ name }).id)
    const first = await get(backend, '/projects')
    backend.seed.project({ name: 'c' })
    const second = await get(backend, `/projects?page[cursor]=${textAt(first.json, 'meta', 'after')}`)
    expect([idsOf(first), idsOf(second)]).toEqual([[ids[1]], [ids[0]]])
  })

  it.each(['page[limit]=0', 'page[limit]=5001', 'page[limit]=x', 'page[cursor]=nonsense'])(
    'is refused with %s',
    async (query) => {
      const backend = await startBackend()
      expect((await get(backend, `/projects?${query}`)).status).toBe(400)
    },
  )

  it('has what was made at the same time in an order that does not tell the order of the request', async () => {
    const ids = Array.from({ length: 50 }, (_, index) => `r${index}`)
    const order = async (seed: number): Promise<string[]> => {
      const backend = await startBackend({ seed })
      const dataset = seedDataset(backend)
      await append(backend, dataset, ...ids.map((id) => ({ id, input: id })))
      const path = `${pathOf(dataset)}/records`
      expect(await pages(backend, `${path}?page[limit]=7`)).toEqual(await pages(backend, `${path}?page[limit]=7`))
      return idsOf(await get(backend, path))
    }
    const [one, other] = [await order(1), await order(2)]
    for (const listed of [one, other]) {
      expect(listed).not.toEqual(ids)
      expect(listed.toReversed()).not.toEqual(ids)
      expect([...listed].sort()).toEqual([...ids].sort())
    }
    expect(one).not.toEqual(other)
    expect(await order(1)).toEqual(one)
  })

  it('of a record has its tags in an order of its own', async () => {
    const backend = await startBackend()
    const dataset = seedDataset(backend)
    const tags = Array.from({ length: 20 }, (_, index) => `tag:${index}`)
    await append(backend, dataset, { id: 'r', input: 1, tags })
    const listed: unknown = attributesOf(itemsOf(await get(backend, `${pathOf(dataset)}/records`))[0]).tags
    expect(listed).not.toEqual(tags)
    expect(Array.isArray(listed) && [...listed].sort()).toEqual([...tags].sort())
  })
})

describe('projects and datasets', () => {
  it('are found by name and id', async () => {
    const backend = await startBackend()
    const [one, other] = ['one', 'other'].map((name) => backend.seed.project({ name }).id)
    expect(idsOf(await get(backend, '/projects?filter[name]=one'))).toEqual([one])
    expect(idsOf(await get(backend, `/projects?filter[id]=${other}`))).toEqual([other])
    const dataset = seedDataset(backend)
    const longer = backend.seed.dataset({ projectId: dataset.projectId, name: 'triage large' })
    const path = `/${dataset.projectId}/datasets`
    expect(idsOf(await get(backend, `${path}?filter[name]=triage`))).toEqual([dataset.id])
    expect(idsOf(await get(backend, `${path}?filter[id]=${longer.id}`))).toEqual([longer.id])
    expect((await get(backend, `${path}?filter[name]=none`)).json).toEqual({ data: [], meta: { after: '' } })
  })

  it('are found by a part of the name too when the backend is loose', async () => {
    const backend = await startBackend({ looseNames: true })
    const dataset = seedDataset(backend)
    const longer = backend.seed.dataset({ projectId: dataset.projectId, name: 'triage large' })
    const path = `/${dataset.projectId}/datasets?filter[name]=triage`
    expect(idsOf(await get(backend, path))).toEqual([longer.id, dataset.id])
  })

  it('are changed', async () => {
    const backend = await startBackend()
    const dataset = seedDataset(backend)
    const project = await patch(backend, `/projects/${dataset.projectId}`, 'projects', { name: 'renamed' })
    expect(attributesOf(dataOf(project)).name).toBe('renamed')
    const changed = await patch(backend, pathOf(dataset), 'datasets', { description: 'new', metadata: { a: 1 } })
    expect(attributesOf(dataOf(changed))).toMatchObject({ name: 'triage', description: 'new', current_version: 0 })
    const listed = await get(backend, `/${dataset.projectId}/datasets`)
    expect(attributesOf(itemsOf(listed)[0]).metadata).toEqual({ a: 1 })
  })

  it('are gone once deleted, and their names free', async () => {
    const backend = await startBackend()
    const dataset = seedDataset(backend, 'r')
    const attributes = { type: 'soft', dataset_ids: [dataset.id] }
    const deleted = await post(backend, `/${dataset.projectId}/datasets/delete`, 'datasets', attributes)
    expect(deleted.status).toBe(200)
    expect(itemsOf(deleted)).toMatchObject([
      { id: dataset.id, attributes: { deleted_at: expect.any(String), dataset_type: 'user' } },
    ])
    expect(idsOf(await get(backend, `/${dataset.projectId}/datasets`))).toEqual([])
    expect((await get(backend, `${pathOf(dataset)}/records`)).status).toBe(404)
    const again = await post(backend, `/${dataset.projectId}/datasets`, 'datasets', { name: 'triage' })
    expect(dataOf(again).id).not.toBe(dataset.id)
    const gone = await post(backend, '/projects/delete', 'projects', { project_ids: [dataset.projectId] })
    expect([gone.status, gone.text]).toEqual([204, ''])
    expect(idsOf(await get(backend, '/projects'))).toEqual([])
  })

  it('have their versions listed', async () => {
    const backend = await startBackend()
    const dataset = seedDataset(backend)
    await append(backend, dataset, { input: 1 })
    await append(backend, dataset, { input: 2 })
    const listed = await get(backend, `${pathOf(dataset)}/versions`)
    expect(itemsOf(listed).map((item) => attributesOf(item).version_number)).toEqual([2, 1, 0])
  })
})

describe('what was written', () => {
  it('can be read only after a while, when the backend is told so', async () => {
    const backend = await startBackend({ visibilityDelay: 4000 })
    const { id: projectId } = backend.seed.project({ name: 'support' })
    const path = `/${projectId}/datasets`
    const made = await post(backend, path, 'datasets', { name: 'triage' })
    const dataset = { ...seedDataset(backend), projectId, id: String(dataOf(made).id) }
    expect(idsOf(await get(backend, path))).toEqual([])
    backend.time.shift(4001)
    expect(idsOf(await get(backend, path))).toEqual([dataset.id])

    expect(versionsOf(await append(backend, dataset, { id: 'r', input: 1 }))).toEqual([1])
    const read = async (query = ''): Promise<string[]> =>
      idsOf(await get(backend, `${pathOf(dataset)}/records${query}`))
    expect([await read(), await read('?filter[version]=1')]).toEqual([[], []])
    expect(attributesOf(itemsOf(await get(backend, path))[0]).current_version).toBe(0)
    backend.time.shift(4001)
    expect([await read(), await read('?filter[version]=1'), await read('?filter[version]=0')]).toEqual([
      ['r'],
      ['r'],
      [],
    ])
    expect(attributesOf(itemsOf(await get(backend, path))[0]).current_version).toBe(1)
  })

  it('has all that went into one version, once it can be read', async () => {
    const backend = await startBackend({ visibilityDelay: 4000 })
    const dataset = seedDataset(backend)
    for (const id of ['a', 'b']) {
      await append(backend, dataset, { id, input: id })
      backend.time.shift(3000)
    }
    const read = async (): Promise<string[]> => idsOf(await get(backend, `${pathOf(dataset)}/records`))
    expect(await read()).toEqual(['a'])
    backend.time.shift(3000)
    expect(await read()).toEqual(['b', 'a'])
  })
})
