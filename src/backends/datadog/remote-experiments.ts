import { type Json, stringifyJson } from '../../model/json.ts'
import type { Client } from './client.ts'
import { joinObject, toText } from './json-text.ts'
import { readItems } from './pages.ts'
import { present, readId, readList, readNumber, readText } from './reply.ts'
import { readJson } from './stored-record.ts'

/** An experiment as Datadog tells of it. */
export interface RemoteExperiment {
  readonly id: string
  /** The name it was given. */
  readonly name: string
  /** That name with the time at which it was made. */
  readonly runName: string
  readonly description: string
  readonly projectId: string
  readonly datasetId?: string
  readonly datasetName?: string
  readonly datasetVersion?: number
  readonly config: Json
  readonly tags: readonly string[]
  /** Such as `completed`; absent where nobody has told one. */
  readonly status?: string
  readonly error?: string
  readonly runs: number
  /** RFC 3339. */
  readonly createdAt: string
  /** Absent where it does not count them. */
  readonly spans?: number
  readonly errors?: number
}

/** Conditions, all of which must hold. */
export interface ExperimentFilter {
  /** Always there: without it, the whole organisation would be searched. */
  readonly projectId: string
  /** The name it was given, without the time. */
  readonly name?: string
  /** `key:value` each, such as `git.commit.sha:abc123`. */
  readonly tags?: readonly string[]
  readonly parentIds?: readonly string[]
  /** Experiments a page, from 1 to 5000. @default 100 */
  readonly pageLimit?: number
}

const MAX_PAGE = 5_000

/** Experiments, the newest first. */
export async function* listExperiments(
  client: Client,
  filter: ExperimentFilter,
  signal: AbortSignal,
): AsyncGenerator<RemoteExperiment, void> {
  const { projectId, name, tags, parentIds, pageLimit = 100 } = filter
  const query = {
    'filter[project_id]': projectId,
    'filter[experiment]': name,
    'filter[metadata]': tags === undefined ? undefined : joinObject({ tags: toText(tags) }),
    'filter[parent_experiment_id]': parentIds,
    'include[dataset_names]': 'true',
  }
  const limit = Math.min(Math.max(pageLimit, 1), MAX_PAGE)
  const listing = { parts: ['experiments'], query, limit, purpose: 'list the experiments' }
  for await (const items of readItems(client, listing, signal))
    yield* items.flatMap((item) => readExperiment(item) ?? [])
}

/** One experiment, of whatever project; undefined where there is none of that id. */
export async function findRemoteExperiment(
  client: Client,
  id: string,
  signal: AbortSignal,
): Promise<RemoteExperiment | undefined> {
  const query = { 'filter[id]': id, 'include[dataset_names]': 'true' }
  const listing = { parts: ['experiments'], query, limit: 1, purpose: 'find the experiment' }
  for await (const items of readItems(client, listing, signal)) {
    const found = items.map(readExperiment).find((experiment) => experiment?.id === id)
    if (found !== undefined) return found
  }
  return undefined
}

function readExperiment(item: unknown): RemoteExperiment | undefined {
  const id = readId(item, 'id')
  if (id === undefined) return undefined
  const text = (member: string): string => readText(item, 'attributes', member) ?? ''
  return {
    id,
    name: text('experiment'),
    runName: text('name'),
    description: text('description'),
    projectId: text('project_id'),
    ...present('datasetId', readId(item, 'attributes', 'dataset_id')),
    ...present('datasetName', readText(item, 'attributes', 'dataset_name')),
    ...present('datasetVersion', readNumber(item, 'attributes', 'dataset_version')),
    ...present('status', readText(item, 'attributes', 'status')),
    ...present('error', readText(item, 'attributes', 'error')),
    config: readJson(item, 'config') ?? stringifyJson({}),
    tags: readList(item, 'attributes', 'metadata', 'tags').filter((tag) => typeof tag === 'string'),
    runs: readNumber(item, 'attributes', 'run_count') ?? 1,
    createdAt: text('created_at'),
    ...present('spans', readNumber(item, 'attributes', 'aggregate_data', 'total_spans')),
    ...present('errors', readNumber(item, 'attributes', 'aggregate_data', 'total_errors')),
  }
}
