import { LlmobsExpError } from '../../model/errors.ts'
import type { Json } from '../../model/json.ts'
import { quote } from '../../model/quote.ts'
import type { Client } from './client.ts'
import { findDataset, listDatasets, type RemoteDataset } from './datasets.ts'
import { RequestError } from './failures.ts'
import { readItems } from './pages.ts'
import { askAgain, askPatiently, type PatientOptions } from './patience.ts'
import { findProject, listProjects } from './projects.ts'
import { present, readList, readText } from './reply.ts'
import { readJson } from './stored-record.ts'
import { didYouMean, type MissingName, suggestName } from './suggest-name.ts'

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

/** Milliseconds that a name is waited for which may just have been given, and records of a version that must have some. */
const NAME_PATIENCE = 10_000
const RECORDS_PATIENCE = 30_000
/** Of one request or page at a time; what fails that often is not there. */
const ATTEMPTS = 4

/**
 * Reads a dataset. What was written a moment ago need not be readable yet, and is waited for.
 *
 * @throws LlmobsExpError `E_BACKEND_UNKNOWN` for a project, dataset, version or number of records that does not come up in time
 */
export async function pullDataset(client: Client, wish: PullWish, options: PullOptions): Promise<PulledDataset> {
  const { signal } = options
  const tries = { ...options, attempts: ATTEMPTS }
  const found = await askPatiently(
    () => askAgain(() => findWanted(client, wish, signal), tries),
    ({ status }) => status === 'found',
    { ...options, patience: NAME_PATIENCE },
  )
  if (found.status !== 'found') throw unknown(found.problem, NAME_PATIENCE, await suggestName(client, found, signal))
  const { dataset, version, projectId } = found
  const records = await askPatiently(
    () => askAgain(() => readRecords(client, { ...wish, projectId, datasetId: dataset.id, version }, signal), tries),
    (read) => read !== undefined && isWhole(read, version, wish),
    { ...options, patience: RECORDS_PATIENCE },
  )
  const what = `dataset ${quote(wish.name)}`
  if (records === undefined) throw unknown(`${what} has no version ${version}`, RECORDS_PATIENCE)
  const { expectedCount = 0 } = wish
  if (records.length >= expectedCount) return { dataset, version, records }
  throw unknown(`${what} has ${records.length} records, expected ${expectedCount}`, RECORDS_PATIENCE)
}

export type PullOptions = Omit<PatientOptions, 'patience'>

type Wanted =
  | {
      readonly status: 'found'
      readonly projectId: string
      readonly dataset: RemoteDataset
      readonly version: number
    }
  | Missing

interface Missing extends MissingName {
  readonly status: 'missing'
  readonly problem: string
}

async function findWanted(client: Client, wish: PullWish, signal: AbortSignal): Promise<Wanted> {
  const { name } = wish
  const project = await findProject(client, wish.project, signal)
  if (project === undefined) {
    const problem = `Datadog has no project ${quote(wish.project)}`
    return { status: 'missing', problem, name: wish.project, others: listProjects(client, signal) }
  }
  const named = { projectId: project.id, name }
  const dataset = await findDataset(client, named, signal)
  if (dataset === undefined) {
    const problem = `project ${quote(wish.project)} has no dataset ${quote(name)}`
    return { status: 'missing', problem, name, others: namesOf(listDatasets(client, named, signal)) }
  }
  const version = wish.version ?? dataset.version
  if (version <= dataset.version) return { status: 'found', projectId: project.id, dataset, version }
  const problem = `dataset ${quote(name)} has no version ${version}; its newest is ${dataset.version}`
  return { status: 'missing', problem, name }
}

async function* namesOf(pages: AsyncIterable<readonly RemoteDataset[]>): AsyncGenerator<string, void> {
  for await (const datasets of pages) yield* datasets.map(({ name }) => name)
}

/** An empty dataset may be one that cannot be read yet; after a while it is one that is empty. */
function isWhole(records: readonly RemoteRecord[], version: number, { tags, expectedCount }: PullWish): boolean {
  if (expectedCount !== undefined) return records.length >= expectedCount
  return records.length > 0 || version === 0 || tags !== undefined
}

function unknown(problem: string, patience: number, near?: string): LlmobsExpError {
  const message = `${problem} (after ${patience / 1_000} s)`
  return new LlmobsExpError('E_BACKEND_UNKNOWN', message, didYouMean(near))
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
