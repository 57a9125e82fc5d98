import { describe, expect, it } from 'vitest'
import type { FakeDatadog } from '../helpers/fake-datadog/fake-datadog.ts'
import type { JsonObject } from '../helpers/fake-datadog/json.ts'
import { attributesOf, dataOf, get, idsOf, itemsOf, patch, post, startBackend } from './client.ts'
import { append, postEvents, seedDataset, seedExperiment, spanOf } from './set-up.ts'

async function create(backend: FakeDatadog, attributes: JsonObject): Promise<JsonObject> {
  return dataOf(await post(backend, '/experiments', 'experiments', attributes))
}

describe('an experiment', () => {
  it('says what it was made with, and of what it was not told what there is', async () => {
    const backend = await startBackend()
    const dataset = seedDataset(backend)
    await append(backend, dataset, { input: 1 })
    const asked = { name: 'exp', project_id: dataset.projectId, dataset_id: dataset.id }
    const plain = attributesOf(await create(backend, asked))
    expect(plain).toMatchObject({ dataset_version: 1, description: '', run_count: 1, is_auto_experiment: false })
    for (const name of ['config', 'metadata', 'status', 'parent_experiment_id']) expect(plain).not.toHaveProperty(name)
    const told = { config: { a: 1 }, metadata: { tags: ['b:c'] }, dataset_version: 0, run_count: 3, description: 'd' }
    expect(attributesOf(await create(backend, { ...asked, ...told }))).toMatchObject(told)
  })

  it('is another one each time, at the same millisecond too', async () => {
    const backend = await startBackend({ now: () => 1_795_000_000_000 })
    const { projectId } = seedDataset(backend)
    const asked = { name: 'exp', project_id: projectId, ensure_unique: true }
    const [one, other] = [await create(backend, asked), await create(backend, asked)]
    expect(one.id).not.toBe(other.id)
    expect([one, other].map((made) => attributesOf(made).name)).toEqual(['exp-1795000000000', 'exp-1795000000001'])
  })

  it('is the same one when it need not be unique', async () => {
    const backend = await startBackend()
    const { projectId } = seedDataset(backend)
    const asked = { name: 'exp', project_id: projectId, ensure_unique: false }
    const [one, other] = [await create(backend, asked), await create(backend, asked)]
    expect(other.id).toBe(one.id)
    expect(attributesOf(other).name).toBe('exp')
    expect((await create(backend, { ...asked, ensure_unique: true })).id).not.toBe(one.id)
  })

  it('may be about a dataset of another project', async () => {
    const backend = await startBackend()
    const { id } = seedDataset(backend)
    const elsewhere = backend.seed.project({ name: 'other' })
    expect(await create(backend, { name: 'exp', project_id: elsewhere.id, dataset_id: id })).toHaveProperty('id')
  })

  it.each([
    ['a name', { project_id: 'p' }, 400],
    ['a project', { name: 'exp' }, 400],
    ['a known project', { name: 'exp', project_id: 'p' }, 404],
  ])('is not made without %s', async (_what, attributes, status) => {
    const backend = await startBackend()
    expect((await post(backend, '/experiments', 'experiments', attributes)).status).toBe(status)
  })

  it.each([
    ['dataset_id', 'd', 404],
    ['dataset_version', '1', 400],
    ['config', [], 400],
    ['description', 1, 400],
    ['description', null, 200],
  ])('is judged by its %s %j with %i', async (name, value, status) => {
    const backend = await startBackend()
    const { projectId } = seedDataset(backend)
    const attributes = { name: 'exp', project_id: projectId, [name]: value }
    expect((await post(backend, '/experiments', 'experiments', attributes)).status).toBe(status)
  })

  it('is not given a status that there is not', async () => {
    const backend = await startBackend()
    const { id } = seedExperiment(backend)
    expect((await patch(backend, `/experiments/${id}`, 'experiments', { status: 'done' })).status).toBe(400)
    expect((await patch(backend, '/experiments/none', 'experiments', { status: 'failed' })).status).toBe(404)
    expect(backend.state.experiments.get(id)?.status).toBeUndefined()
  })

  it('is given a status, an error and other names', async () => {
    const backend = await startBackend()
    const { id } = seedExperiment(backend)
    await patch(backend, `/experiments/${id}`, 'experiments', { status: 'failed', error: 'boom', description: 'new' })
    await patch(backend, `/experiments/${id}`, 'experiments', { name: 'renamed', metadata: { a: 1 } })
    const listed = attributesOf(itemsOf(await get(backend, `/experiments?filter[id]=${id}`))[0])
    const said = { status: 'failed', error: 'boom', description: 'new', name: 'renamed', metadata: { a: 1 } }
    expect(listed).toMatchObject(said)
  })
})

describe('the list of experiments', () => {
  it('needs a project, a dataset or an id', async () => {
    const backend = await startBackend()
    expect((await get(backend, '/experiments?filter[name]=x')).status).toBe(400)
  })

  it('finds by every filter, newest first', async () => {
    const backend = await startBackend()
    const dataset = seedDataset(backend)
    const asked = { name: 'exp', project_id: dataset.projectId }
    const parent = await create(backend, { ...asked, metadata: { tags: ['git.commit.sha:abc', 'x:y'], extra: 1 } })
    const child = await create(backend, { ...asked, dataset_id: dataset.id, parent_experiment_id: String(parent.id) })
    const other = await create(backend, { ...asked, name: 'other' })
    const find = async (query: string): Promise<unknown[]> => {
      const reply = await get(backend, `/experiments?filter[project_id]=${dataset.projectId}&${query}`)
      const names = new Map([parent, child, other].map((one, index) => [one.id, ['parent', 'child', 'other'][index]]))
      return idsOf(reply).map((id) => names.get(id))
    }
    expect(await find('')).toEqual(['other', 'child', 'parent'])
    expect(await find(`filter[id]=${parent.id}&filter[id]=${child.id}`)).toEqual(['child', 'parent'])
    expect(await find(`filter[dataset_id]=${dataset.id}`)).toEqual(['child'])
    expect(await find(`filter[parent_experiment_id]=${parent.id}`)).toEqual(['child'])
    expect(await find('filter[experiment]=exp')).toEqual(['child', 'parent'])
    expect(await find(`filter[name]=${attributesOf(other).name}`)).toEqual(['other'])
    expect(await find('filter[name]=other')).toEqual([])
    expect(await find(metadata({ tags: ['git.commit.sha:abc'] }))).toEqual(['parent'])
    expect(await find(metadata({ tags: ['x:y', 'git.commit.sha:abc'], extra: 1 }))).toEqual(['parent'])
    expect(await find(metadata({ tags: ['git.commit.sha:ab'] }))).toEqual([])
    expect(await find(metadata({}))).toEqual(['other', 'child', 'parent'])
    expect(await find('page[limit]=2')).toEqual(['other', 'child'])
    expect((await get(backend, '/experiments?filter[project_id]=p&filter[metadata]=[1]')).status).toBe(400)
    expect((await get(backend, '/experiments?filter[id]=none')).json).toEqual({ data: [], meta: { after: '' } })
  })

  it('has deleted ones only, when it is asked for those', async () => {
    const backend = await startBackend()
    const { id } = seedExperiment(backend)
    const gone = await post(backend, '/experiments/delete', 'experiments', { experiment_ids: [id] })
    expect([gone.status, gone.text]).toEqual([204, ''])
    expect(idsOf(await get(backend, `/experiments?filter[id]=${id}`))).toEqual([])
    const deleted = await get(backend, `/experiments?filter[id]=${id}&filter[is_deleted]=true`)
    expect(itemsOf(deleted)).toMatchObject([{ id, attributes: { deleted_at: expect.any(String) } }])
  })

  it('tells how many spans there are, and the name of the dataset on request', async () => {
    const backend = await startBackend()
    const experiment = seedExperiment(backend)
    const failed = { span_id: 'other', status: 'error', duration: 1 }
    await postEvents(backend, experiment, {
      spans: [spanOf(experiment, backend), spanOf(experiment, backend, failed)],
    })
    const path = `/experiments?filter[id]=${experiment.id}`
    const plain = attributesOf(itemsOf(await get(backend, path))[0])
    expect(plain.aggregate_data).toMatchObject({ total_spans: 2, total_errors: 1, total_duration_ns: 90_626 })
    expect(plain).not.toHaveProperty('dataset_name')
    const named = attributesOf(itemsOf(await get(backend, `${path}&include[dataset_names]=true`))[0])
    expect(named.dataset_name).toBe('triage')
  })

  it('has a new one only after a while, when the backend is told so', async () => {
    const backend = await startBackend({ visibilityDelay: 2000 })
    const { projectId } = seedDataset(backend)
    await create(backend, { name: 'exp', project_id: projectId })
    const path = `/experiments?filter[project_id]=${projectId}`
    expect(idsOf(await get(backend, path))).toHaveLength(0)
    backend.time.shift(2001)
    expect(idsOf(await get(backend, path))).toHaveLength(1)
  })
})

function metadata(value: JsonObject): string {
  return `filter[metadata]=${encodeURIComponent(JSON.stringify(value))}`
}
