import { LlmobsExpError } from '../../model/errors.ts'
import type { Json } from '../../model/json.ts'
import { quote } from '../../model/quote.ts'
import type { Client } from './client.ts'
import { findDataset, type RemoteDataset } from './datasets.ts'
import { RequestError } from './failures.ts'
import { readItems } from './pages.ts'
import { askPatiently, type PatientOptions } from './patience.ts'
import { findProject } from './projects.ts'
import { present, readList, readText } from './reply.ts'
import { readJson } from './stored-record.ts'

/** A record as it is kept at Datadog. */
export interface RemoteRecord {
  readonly id: string
  readonly input: Json
  /** An empty text where there was one and it was taken away. */
  readonly expectedOutput?: Json
  readonly metadata?: Json
  readonly tags: readonly string[]
}

export interface PulledDataset {
  readonly dataset: RemoteDataset
  readonly version: number
  /** By id: in which order they were written is not told, and lists have another one each time. */
  readonly records: readonly RemoteRecord[]
}

export interface PullWish {
  readonly project: string
  readonly name: string
  /** @default the newest */
  readonly version?: number
  /** Records with one of these tags, as `key:value`. @default all */
  readonly tags?: readonly string[]
  /** How many records there must be, where that is known: fewer are waited for. */
  readonly expectedCount?: number
}

/**
 * Reads a dataset. What was written a moment ago need not be readable yet, and is waited for.
 *
 * @throws LlmobsExpError `E_BACKEND_UNKNOWN` for a project, dataset, version or number of records that does not come up in time
 */
export async function pullDataset(client: Client, wish: PullWish, options: PatientOptions): Promise<PulledDataset> {
  const attempt = await askPatiently(
    () => attemptPull(client, wish, options.signal),
    ({ isWhole }) => isWhole,
    options,
  )
  if (attempt.pulled !== undefined) return attempt.pulled
  throw new LlmobsExpError('E_BACKEND_UNKNOWN', `${attempt.problem} (after ${options.patience / 1_000} s)`)
}

type Attempt =
  | { readonly isWhole: boolean; readonly pulled: PulledDataset }
  | { readonly isWhole: false; readonly pulled?: undefined; readonly problem: string }

async function attemptPull(client: Client, wish: PullWish, signal: AbortSignal): Promise<Attempt> {
  const project = await findProject(client, wish.project, signal)
  if (project === undefined) return missing(`Datadog has no project ${quote(wish.project)}`)
  const named = { projectId: project.id, name: wish.name }
  const dataset = await findDataset(client, named, signal)
  if (dataset === undefined) return missing(`project ${quote(wish.project)} has no dataset ${quote(wish.name)}`)
  const version = wish.version ?? dataset.version
  const what = `dataset ${quote(wish.name)}`
  if (version > dataset.version) return missing(`${what} has no version ${version}; its newest is ${dataset.version}`)
  const records = await readRecords(client, { ...wish, projectId: project.id, datasetId: dataset.id, version }, signal)
  if (records === undefined) return missing(`${what} has no version ${version}`)
  const { expectedCount } = wish
  if (expectedCount !== undefined && records.length < expectedCount) {
    return missing(`${what} has ${records.length} records, expected ${expectedCount}`)
  }
  // An empty dataset may be one that cannot be read yet; after a while it is one that is empty.
  const isWhole = records.length > 0 || version === 0 || wish.tags !== undefined
  return { isWhole, pulled: { dataset, version, records } }
}

function missing(problem: string): Attempt {
  return { isWhole: false, problem }
}

export interface RecordsWish {
  readonly projectId: string
  readonly datasetId: string
  readonly version: number
  readonly tags?: readonly string[]
}

/** All records of a version, by id; undefined where there is no such version. */
async function readRecords(
  client: Client,
  { projectId, datasetId, version, tags }: RecordsWish,
  signal: AbortSignal,
): Promise<readonly RemoteRecord[] | undefined> {
  const parts = [projectId, 'datasets', datasetId, 'records']
  const query = { 'filter[version]': version, 'filter[tags]': tags }
  const records = new Map<string, RemoteRecord>()
  try {
    for await (const items of readItems(client, { parts, query, purpose: 'read the records' }, signal)) {
      for (const record of items.flatMap((item) => readRecord(item) ?? [])) records.set(record.id, record)
    }
  } catch (error) {
    if (error instanceof RequestError && error.failure.kind === 'invalid') return undefined
    throw error
  }
  return [...records.values()].sort((a, b) => (a.id < b.id ? -1 : Number(a.id > b.id)))
}

function readRecord(value: unknown): RemoteRecord | undefined {
  const id = readText(value, 'id')
  if (id === undefined) return undefined
  return {
    id,
    input: readJson(value, 'input') ?? 'null',
    ...present('expectedOutput', readJson(value, 'expected_output')),
    ...present('metadata', readJson(value, 'metadata')),
    // In one order, as Datadog keeps none.
    tags: readList(value, 'attributes', 'tags')
      .filter((tag) => typeof tag === 'string')
      .sort(),
  }
}
