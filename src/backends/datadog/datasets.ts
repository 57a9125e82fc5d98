import type { Client } from './client.ts'
import { envelope, toText } from './json-text.ts'
import { readItems, unreadable } from './pages.ts'
import { apiPath } from './paths.ts'
import { readId, readNumber, readText } from './reply.ts'

/** A dataset as Datadog tells of it. */
export interface RemoteDataset {
  readonly id: string
  readonly name: string
  readonly description: string
  /** 0 for one that never had a record. */
  readonly version: number
}

export interface DatasetName {
  readonly projectId: string
  readonly name: string
}

/** The dataset of that name in its project, made where there is none, and otherwise as it is. */
export async function openDataset(
  client: Client,
  { projectId, name, description }: DatasetName & { readonly description: string },
  signal: AbortSignal,
): Promise<RemoteDataset> {
  const purpose = 'find or make the dataset'
  const body = envelope('datasets', { name: toText(name), description: toText(description) })
  const reply = await client.send({ method: 'POST', path: apiPath([projectId, 'datasets']), body, purpose }, signal)
  const dataset = readDataset(reply.body, 'data')
  if (dataset === undefined) throw unreadable(`cannot ${purpose}: the answer has no id`)
  return dataset
}

/** The dataset of exactly that name; undefined where there is none. */
export async function findDataset(
  client: Client,
  { projectId, name }: DatasetName,
  signal: AbortSignal,
): Promise<RemoteDataset | undefined> {
  const query = { 'filter[name]': name }
  for await (const datasets of listDatasets(client, { projectId, query }, signal)) {
    const found = datasets.find((dataset) => dataset.name === name)
    if (found !== undefined) return found
  }
  return undefined
}

export async function* listDatasets(
  client: Client,
  { projectId, query = {} }: { readonly projectId: string; readonly query?: { readonly [name: string]: string } },
  signal: AbortSignal,
): AsyncGenerator<readonly RemoteDataset[], void> {
  const listing = { parts: [projectId, 'datasets'], query, purpose: 'list the datasets' }
  for await (const items of readItems(client, listing, signal)) yield items.flatMap((item) => readDataset(item) ?? [])
}

function readDataset(value: unknown, ...path: readonly string[]): RemoteDataset | undefined {
  const id = readId(value, ...path, 'id')
  if (id === undefined) return undefined
  const attributes = [...path, 'attributes']
  return {
    id,
    name: readText(value, ...attributes, 'name') ?? '',
    description: readText(value, ...attributes, 'description') ?? '',
    version: readNumber(value, ...attributes, 'current_version') ?? 0,
  }
}
