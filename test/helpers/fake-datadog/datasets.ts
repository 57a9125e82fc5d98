import { type Answer, jsonAnswer, notFound } from './answers.ts'
import { type JsonObject, memberAt, textAt } from './json.ts'
import { newestFirst, pageAnswer, takePage } from './paging.ts'
import { AUTHOR, findProject } from './projects.ts'
import { readAttributes, requiredText, textsAt } from './request-body.ts'
import { type Dataset, newestOf, type Snapshot } from './state.ts'
import { formatMicros, formatNanos } from './time.ts'
import { type Call, isVisible, type World } from './world.ts'

/** Hands out the dataset of that name as it is, made now when there is none. */
export function createDataset(world: World, call: Call): Answer {
  const attributes = readAttributes(call, 'datasets')
  const name = requiredText(attributes, 'name')
  const { id: projectId } = findProject(world, call.params.project ?? '')
  const known = datasetsOf(world, projectId).find((dataset) => dataset.name === name)
  if (known !== undefined) return jsonAnswer(200, { data: renderStored(known, newestOf(known)) })
  const at = world.time.tick()
  const dataset: Dataset = {
    id: world.random.uuid(),
    projectId,
    name,
    description: textAt(attributes, 'description'),
    metadata: memberAt(attributes, 'metadata') ?? null,
    createdAt: at,
    updatedAt: at,
    deletedAt: undefined,
    snapshots: [{ version: 0, at, records: new Map() }],
  }
  world.state.datasets.set(dataset.id, dataset)
  return jsonAnswer(200, { data: renderMade(dataset) })
}

export function listDatasets(world: World, call: Call): Answer {
  const { id: projectId } = findProject(world, call.params.project ?? '')
  const ids = call.query.getAll('filter[id]')
  const name = call.query.get('filter[name]')
  const found = datasetsOf(world, projectId)
    .filter(({ createdAt }) => isVisible(world, createdAt))
    .filter((dataset) => ids.length === 0 || ids.includes(dataset.id))
    .filter((dataset) => name === null || isNamed(world, dataset, name))
  const { items, after } = takePage(world, call, newestFirst(world, found))
  return pageAnswer(
    items.map((dataset) => renderListed(world, dataset)),
    after,
  )
}

export function updateDataset(world: World, call: Call): Answer {
  const attributes = readAttributes(call, 'datasets')
  const dataset = findDataset(world, call)
  const changed: Dataset = {
    ...dataset,
    name: textAt(attributes, 'name') || dataset.name,
    description: textAt(attributes, 'description') || dataset.description,
    metadata: memberAt(attributes, 'metadata') ?? dataset.metadata,
    updatedAt: world.time.tick(),
  }
  world.state.datasets.set(dataset.id, changed)
  return jsonAnswer(200, { data: renderStored(changed, newestOf(changed)) })
}

/** Deletes softly: what is deleted is told, and not found any more. */
export function deleteDatasets(world: World, call: Call): Answer {
  const ids = textsAt(readAttributes(call, 'datasets'), 'dataset_ids')
  const found = ids.map((id) => world.state.datasets.get(id) ?? refuseUnknown())
  const deleted = found.map((dataset) => ({ ...dataset, deletedAt: dataset.deletedAt ?? world.time.tick() }))
  for (const dataset of deleted) world.state.datasets.set(dataset.id, dataset)
  return jsonAnswer(200, { data: deleted.map((dataset) => renderStored(dataset, newestOf(dataset))) })
}

export function listVersions(world: World, call: Call): Answer {
  const dataset = findDataset(world, call)
  const newest = new Map(dataset.snapshots.map((snapshot) => [snapshot.version, snapshot]))
  const data = [...newest.values()].reverse().map((snapshot) => renderVersion(world, dataset.id, snapshot))
  return jsonAnswer(200, { data })
}

export function renderVersion(world: World, datasetId: string, { version, at }: Snapshot): JsonObject {
  const attributes = { dataset_id: datasetId, last_used: formatNanos(at), version_number: version }
  return { id: world.random.uuid(), type: 'dataset_version', attributes }
}

/** The dataset the path names, in the project it names, or a refusal. */
export function findDataset(world: World, { params }: Call): Dataset {
  const dataset = world.state.datasets.get(params.dataset ?? '')
  const isElsewhere = params.project !== undefined && dataset?.projectId !== params.project
  if (dataset === undefined || dataset.deletedAt !== undefined || isElsewhere) throw notFound()
  return dataset
}

/** What can be read of a dataset by now. */
export function visibleOf(world: World, dataset: Dataset): Snapshot {
  const visible = dataset.snapshots.findLast(({ at }) => isVisible(world, at))
  return visible ?? { version: 0, at: dataset.createdAt, records: new Map() }
}

function refuseUnknown(): never {
  throw notFound()
}

function datasetsOf({ state }: World, projectId: string): Dataset[] {
  return [...state.datasets.values()].filter(
    (dataset) => dataset.projectId === projectId && dataset.deletedAt === undefined,
  )
}

function isNamed({ settings }: World, dataset: Dataset, name: string): boolean {
  return settings.looseNames ? dataset.name.includes(name) : dataset.name === name
}

function renderMade({ id, name, description, projectId, createdAt, updatedAt }: Dataset): JsonObject {
  const times = { created_at: formatNanos(createdAt), updated_at: formatNanos(updatedAt) }
  const attributes = { author: AUTHOR, current_version: 0, description, name, project_id: projectId, ...times }
  return { id, type: 'datasets', attributes }
}

function renderStored(dataset: Dataset, { version }: Snapshot, more: JsonObject = {}): JsonObject {
  const { id, name, description, projectId, createdAt, updatedAt, deletedAt } = dataset
  const attributes = {
    author: AUTHOR,
    created_at: formatMicros(createdAt),
    current_version: version,
    dataset_type: 'user',
    ...(deletedAt === undefined ? {} : { deleted_at: formatMicros(deletedAt) }),
    description,
    ...more,
    name,
    project_id: projectId,
    updated_at: formatMicros(updatedAt),
  }
  return { id, type: 'datasets', attributes }
}

function renderListed(world: World, dataset: Dataset): JsonObject {
  return renderStored(dataset, visibleOf(world, dataset), { metadata: dataset.metadata })
}
