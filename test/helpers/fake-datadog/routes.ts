import { uploadRecords } from './csv-upload.ts'
import { createDataset, deleteDatasets, listDatasets, listVersions, updateDataset } from './datasets.ts'
import { inferEvaluator } from './evaluators.ts'
import { postEvents } from './events-post.ts'
import { readAllEvents, readEventList, readEventPage, readEvents, readNamedEvents } from './events-read.ts'
import { createExperiment, deleteExperiments, updateExperiment } from './experiments.ts'
import { listExperiments } from './experiments-read.ts'
import { createProject, deleteProjects, listProjects, updateProject } from './projects.ts'
import { listRecords } from './records-read.ts'
import { appendRecords, batchUpdate, deleteRecords, updateRecords } from './records-write.ts'
import { intakeSpans } from './span-intake.ts'
import type { Handler } from './world.ts'

interface Row {
  readonly method: string
  /** Under which prefixes; `v1` stands for both of `/api/v2/llm-obs/v1` and `/api/unstable/llm-obs/v1`. */
  readonly under: 'v1' | 'unstable/v1' | 'v2/v1' | 'v2/v2' | 'v2/v3' | 'intake'
  readonly path: string
  readonly handler: Handler
}

/** The first that fits answers. */
const rows = {
  'create-project': row('POST', 'v1', '/projects', createProject),
  'list-projects': row('GET', 'v1', '/projects', listProjects),
  'delete-projects': row('POST', 'v1', '/projects/delete', deleteProjects),
  'update-project': row('PATCH', 'v1', '/projects/:project', updateProject),
  'delete-datasets': row('POST', 'v1', '/:project/datasets/delete', deleteDatasets),
  'delete-datasets-anywhere': row('POST', 'unstable/v1', '/datasets/delete', deleteDatasets),
  'create-dataset': row('POST', 'v1', '/:project/datasets', createDataset),
  'list-datasets': row('GET', 'v1', '/:project/datasets', listDatasets),
  'update-dataset': row('PATCH', 'v1', '/:project/datasets/:dataset', updateDataset),
  'list-versions': row('GET', 'v1', '/:project/datasets/:dataset/versions', listVersions),
  'batch-update': row('POST', 'v1', '/:project/datasets/:dataset/batch_update', batchUpdate),
  'list-records': row('GET', 'v1', '/:project/datasets/:dataset/records', listRecords),
  'append-records': row('POST', 'v1', '/:project/datasets/:dataset/records', appendRecords),
  'update-records': row('PATCH', 'v1', '/:project/datasets/:dataset/records', updateRecords),
  'delete-records': row('POST', 'v1', '/:project/datasets/:dataset/records/delete', deleteRecords),
  'upload-records': row('POST', 'unstable/v1', '/datasets/:dataset/records/upload', uploadRecords),
  'create-experiment': row('POST', 'v1', '/experiments', createExperiment),
  'list-experiments': row('GET', 'v1', '/experiments', listExperiments),
  'delete-experiments': row('POST', 'v1', '/experiments/delete', deleteExperiments),
  'update-experiment': row('PATCH', 'v1', '/experiments/:experiment', updateExperiment),
  'post-events': row('POST', 'v1', '/experiments/:experiment/events', postEvents),
  'read-named-events': row('GET', 'unstable/v1', '/experiments/events', readNamedEvents),
  'read-events': row('GET', 'unstable/v1', '/experiments/:experiment/events', readEvents),
  'read-event-list': row('GET', 'v2/v1', '/experiments/:experiment/events', readEventList),
  'read-all-events': row('GET', 'v2/v2', '/experiments/:experiment/events', readAllEvents),
  'read-event-page': row('GET', 'v2/v3', '/experiments/:experiment/events', readEventPage),
  'infer-evaluator': row('POST', 'unstable/v1', '/evaluators/:evaluator/infer', inferEvaluator),
  'intake-spans': row('POST', 'intake', '/api/v2/llmobs', intakeSpans),
} as const

/** What a request asks for; `unknown` is answered with 404. */
export type Operation = keyof typeof rows | 'unknown'

export interface Route {
  readonly operation: Operation
  readonly params: { readonly [name: string]: string }
  readonly handler: Handler | undefined
  /** Which keys there must be. */
  readonly keys: 'both' | 'api-key'
}

/** What answers a path, which is without base path and query. */
export function findRoute(method: string, path: string): Route {
  for (const operation of operations()) {
    const { method: wanted, under, path: pattern, handler } = rows[operation]
    if (wanted !== method) continue
    const rest = under === 'intake' ? path : restUnder(under, path)
    const params = rest === undefined ? undefined : match(pattern, rest)
    if (params !== undefined) return { operation, params, handler, keys: under === 'intake' ? 'api-key' : 'both' }
  }
  return { operation: 'unknown', params: {}, handler: undefined, keys: 'both' }
}

function* operations(): Generator<keyof typeof rows> {
  for (const name in rows) if (isOperation(name)) yield name
}

function isOperation(name: string): name is keyof typeof rows {
  return Object.hasOwn(rows, name)
}

/** What follows the prefix, undefined when the path begins otherwise. */
function restUnder(under: Exclude<Row['under'], 'intake'>, path: string): string | undefined {
  const prefixes = under === 'v1' ? ['v2/v1', 'unstable/v1'] : [under]
  const prefix = prefixes
    .map((one) => `/api/${one.replace('/', '/llm-obs/')}`)
    .find((candidate) => path.startsWith(`${candidate}/`))
  return prefix === undefined ? undefined : path.slice(prefix.length)
}

function match(pattern: string, path: string): { readonly [name: string]: string } | undefined {
  const wanted = pattern.split('/')
  const found = path.split('/')
  if (wanted.length !== found.length) return undefined
  const params: { [name: string]: string } = {}
  for (const [index, segment] of wanted.entries()) {
    const value = found[index] ?? ''
    if (segment.startsWith(':') && value !== '') params[segment.slice(1)] = decode(value)
    else if (segment !== value) return undefined
  }
  return params
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment)
  } catch {
    return segment
  }
}

function row(method: string, under: Row['under'], path: string, handler: Handler): Row {
  return { method, under, path, handler }
}
