import type { FakeDatadog } from '../helpers/fake-datadog/fake-datadog.ts'
import { isList, isObject, type Json, type JsonObject, memberAt, textAt } from '../helpers/fake-datadog/json.ts'
import { findRoute } from '../helpers/fake-datadog/routes.ts'
import { type Dataset, newestOf } from '../helpers/fake-datadog/state.ts'
import { parseTime } from '../helpers/fake-datadog/time.ts'
import type { Recording } from './recordings.ts'

/** Puts the backend into the state the real one must have been in, as far as earlier recordings have not. */
export function prepare(backend: FakeDatadog, changes: SeenChanges, recording: Recording): void {
  const { request, response, recordedAt } = recording
  backend.time.set(timeOf(request.body, response.status) ?? Date.parse(recordedAt))
  const { operation, params } = findRoute(request.method, request.path.split('?')[0] ?? '')
  const { project = '', dataset = '', experiment = '' } = params
  const answered = listOf(memberAt(response.body, 'data'))
  const attributes = memberAt(request.body, 'data', 'attributes')
  switch (operation) {
    case 'create-project':
      return expectProject(backend, answered[0] ?? {}, recordedAt)
    case 'create-dataset':
      if (!backend.state.projects.has(project)) backend.seed.project({ id: project, name: project })
      return expectDataset(backend, answered[0] ?? {})
    case 'list-datasets':
      if (!backend.state.projects.has(project)) backend.seed.project({ id: project, name: project })
      return answered.forEach((one) => ensureDataset(backend, one))
    case 'delete-datasets':
    case 'delete-datasets-anywhere':
      return answered.forEach((one) => ensureDataset(backend, one))
    case 'batch-update':
    case 'append-records':
      ensureKnown(backend, dataset, project)
      return prepareChange(backend, dataset, attributes, answered)
    case 'list-records':
      ensureKnown(backend, dataset, project)
      return request.path.includes('filter[version]') ? undefined : catchUp(backend, changes, dataset, answered)
    case 'upload-records':
      return ensureKnown(backend, dataset, project)
    case 'create-experiment':
      return prepareExperiment(backend, attributes, answered[0] ?? {})
    default:
      if (!backend.state.experiments.has(experiment)) {
        backend.seed.experiment({ id: experiment, projectId: project, name: experiment })
      }
  }
}

/** Metrics that were accepted were sent at about their time. */
function timeOf(body: Json, status: number): number | undefined {
  const metrics = listOf(memberAt(body, 'data', 'attributes', 'metrics'))
  const time = memberAt(metrics[0], 'timestamp_ms')
  return status === 202 && typeof time === 'number' ? time : undefined
}

function listOf(data: Json | undefined): JsonObject[] {
  return (isList(data) ? data : [data]).filter((one) => isObject(one))
}

function expectProject(backend: FakeDatadog, answered: JsonObject, recordedAt: string): void {
  const id = textAt(answered, 'id')
  const name = textAt(answered, 'attributes', 'name')
  const age = Date.parse(recordedAt) - Date.parse(textAt(answered, 'attributes', 'created_at'))
  if (age < 2000) backend.seed.ids(id)
  else backend.seed.project({ id, name })
}

/** One that was made has no type yet. */
function expectDataset(backend: FakeDatadog, answered: JsonObject): void {
  if (textAt(answered, 'attributes', 'dataset_type') !== '') ensureDataset(backend, answered)
  else backend.seed.ids(textAt(answered, 'id'))
}

function ensureKnown(backend: FakeDatadog, id: string, projectId: string): void {
  if (!backend.state.datasets.has(id)) backend.seed.dataset({ id, projectId, name: id })
}

/** Takes over what a dataset was answered to be. */
function ensureDataset(backend: FakeDatadog, answered: JsonObject): void {
  const attributes = memberAt(answered, 'attributes')
  const id = textAt(answered, 'id')
  ensureKnown(backend, id, textAt(attributes, 'project_id'))
  const dataset = datasetOf(backend, id)
  const name = textAt(attributes, 'name')
  const description = textAt(attributes, 'description')
  backend.state.datasets.set(id, { ...dataset, name, description })
  setVersion(backend, id, Number(memberAt(attributes, 'current_version')))
}

function datasetOf({ state }: FakeDatadog, id: string): Dataset {
  const dataset = state.datasets.get(id)
  if (dataset === undefined) throw new Error(`there is no dataset ${id}`)
  return dataset
}

function setVersion(backend: FakeDatadog, id: string, version: number): void {
  const dataset = datasetOf(backend, id)
  const newest = newestOf(dataset)
  if (newest.version === version) return
  const snapshots = [...dataset.snapshots, { ...newest, version }]
  backend.state.datasets.set(id, { ...dataset, snapshots })
}

/** What is changed was there before, as it is answered unless the request changed it. */
function prepareChange(
  backend: FakeDatadog,
  id: string,
  attributes: Json | undefined,
  answered: readonly JsonObject[],
): void {
  const inserted = [...listOf(memberAt(attributes, 'insert_records')), ...listOf(memberAt(attributes, 'records'))]
  const updated = listOf(memberAt(attributes, 'update_records'))
  const deleted = memberAt(attributes, 'delete_records') ?? []
  const isUpsert = inserted.length > 0 && answered.every(isOlder)
  const changed = [...updated.map((record) => record.id), ...(isList(deleted) ? deleted : [])]
  const { records } = newestOf(datasetOf(backend, id))
  const missing = answered.filter((one) => isUpsert || changed.some((changedId) => changedId === one.id))
  const unknown = missing.filter((one) => !records.has(textAt(one, 'id')))
  backend.seed.records(
    id,
    unknown.map((one) => seededRecord(undoTags(one, updated))),
  )
  if (inserted.some((record) => record.id === undefined)) {
    backend.seed.ids(...answered.flatMap((one) => [textAt(one, 'id'), textAt(one, 'attributes', 'canonical_id')]))
  }
  const after = Number(memberAt(answered[0], 'attributes', 'version'))
  const isSameVersion = isUpsert || memberAt(attributes, 'create_new_version') === false
  setVersion(backend, id, isSameVersion ? after : after - 1)
}

function isOlder(answered: JsonObject): boolean {
  const created = parseTime(textAt(answered, 'attributes', 'created_at'))
  return parseTime(textAt(answered, 'attributes', 'updated_at')) - created > 1_000_000_000n
}

/** With the tags that the request takes off. */
function undoTags(answered: JsonObject, updated: readonly JsonObject[]): JsonObject {
  const update = updated.find((one) => one.id === answered.id)
  const removed = memberAt(update, 'tag_operations', 'remove')
  const tags = memberAt(answered, 'attributes', 'tags')
  const attributes = memberAt(answered, 'attributes')
  if (!isList(removed) || !isList(tags) || !isObject(attributes)) return answered
  return { ...answered, attributes: { ...attributes, tags: [...tags, ...removed] } }
}

/** Takes over the changes that were made by requests that are not among the recordings. */
function catchUp(backend: FakeDatadog, changes: SeenChanges, id: string, answered: readonly JsonObject[]): void {
  const isUnseen = (one: JsonObject): boolean => {
    const seen = changes.get(nameOf(id, textAt(one, 'id')))
    const apart = seen === undefined || seen === 'deleted' ? undefined : createdAt(one) - seen
    return apart === undefined || apart > 1000n || apart < -1000n
  }
  backend.seed.records(id, answered.filter(isUnseen).map(seededRecord))
  const dataset = datasetOf(backend, id)
  const newest = newestOf(dataset)
  const isThere = (recordId: string): boolean =>
    changes.get(nameOf(id, recordId)) === 'deleted' || answered.some((one) => one.id === recordId)
  const records = new Map([...newest.records].filter(([recordId]) => isThere(recordId)))
  backend.state.datasets.set(id, { ...dataset, snapshots: [...dataset.snapshots.slice(0, -1), { ...newest, records }] })
}

/** When a record was last changed by a recorded request, by the name of the record. */
export type SeenChanges = Map<string, bigint | 'deleted'>

/** Notes what a recorded request has changed. */
export function noteChanges(changes: SeenChanges, { request, response }: Recording): void {
  if (!/\/(?:batch_update|records)$/.test(request.path) || request.method === 'GET') return
  for (const one of listOf(memberAt(response.body, 'data'))) {
    const datasetId = textAt(one, 'attributes', 'dataset_id')
    const isDeleted = textAt(one, 'attributes', 'deleted_at') !== ''
    changes.set(nameOf(datasetId, textAt(one, 'id')), isDeleted ? 'deleted' : createdAt(one))
  }
}

function nameOf(datasetId: string, recordId: string): string {
  return `${datasetId} ${recordId}`
}

function createdAt(answered: JsonObject): bigint {
  return parseTime(textAt(answered, 'attributes', 'created_at'))
}

function seededRecord(answered: JsonObject) {
  const attributes = memberAt(answered, 'attributes')
  const tags = memberAt(attributes, 'tags')
  return {
    id: textAt(answered, 'id'),
    input: memberAt(attributes, 'input') ?? null,
    expectedOutput: memberAt(attributes, 'expected_output') ?? null,
    metadata: memberAt(attributes, 'metadata') ?? null,
    tags: isList(tags) ? tags.map(String) : [],
    createdAt: parseTime(textAt(attributes, 'created_at')),
  }
}

function prepareExperiment(backend: FakeDatadog, attributes: Json | undefined, answered: JsonObject): void {
  const projectId = textAt(attributes, 'project_id')
  if (!backend.state.projects.has(projectId)) backend.seed.project({ id: projectId, name: projectId })
  ensureKnown(backend, textAt(attributes, 'dataset_id'), projectId)
  backend.seed.ids(textAt(answered, 'id'))
}
