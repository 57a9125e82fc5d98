import { createHash } from 'node:crypto'
import type { PushedDataset } from '../../model/backend.ts'
import type { Clock } from '../../model/ports.ts'
import type { Client } from './client.ts'
import { openDataset } from './datasets.ts'
import { readItems } from './pages.ts'
import { askPatiently } from './patience.ts'
import { addChanges, type ChangeCounts, createRecordChanger, noChanges, type RecordChanger } from './record-changes.ts'
import { createRecordIndex, type RecordIndex } from './record-index.ts'
import { idHash, isSameContent, readIndexed } from './stored-record.ts'

/** A dataset at Datadog that holds the records. */
export interface SyncedDataset {
  readonly id: string
  readonly version: number
  /** How many records were gone through. */
  readonly records: number
  /** Why it will never take a record, for each one that it refused. */
  readonly setAside: readonly string[]
  /** What was changed for it, also by attempts of this process that did not get to the end. */
  readonly changes: ChangeCounts
}

export interface SyncOptions {
  readonly client: Client
  readonly clock: Clock
  readonly signal: AbortSignal
  readonly projectId: string
  /** Whether records that are there stay as they are, because they were gone through before. */
  readonly insertOnly: boolean
}

/** Brings datasets at Datadog in line with those here; remembers what it did, so that the same is not done again by this process. */
export interface DatasetSync {
  sync(dataset: PushedDataset, options: SyncOptions): Promise<SyncedDataset>
}

/** Milliseconds that a list of records which should not be empty is waited for. */
const LIST_PATIENCE = 10_000

interface Memory {
  /** What was synced last, by a digest of all its records. */
  readonly done: Map<string, { readonly digest: string; readonly synced: SyncedDataset }>
  /** Versions that were begun and not finished, by dataset, with what was changed for them. */
  readonly begun: Map<string, { readonly version: number; readonly changes: ChangeCounts }>
}

export function createDatasetSync(): DatasetSync {
  const memory: Memory = { done: new Map(), begun: new Map() }
  const queues = new Map<string, Promise<unknown>>()
  return {
    sync(dataset, options) {
      // One after another for each dataset: of two at once each would see half of what the other did.
      const name = `${options.projectId}\n${dataset.name}`
      const turn = (queues.get(name) ?? Promise.resolve()).then(() => syncInTurn(memory, name, dataset, options))
      queues.set(
        name,
        turn.catch(() => {}),
      )
      return turn
    },
  }
}

async function syncInTurn(
  memory: Memory,
  name: string,
  dataset: PushedDataset,
  options: SyncOptions,
): Promise<SyncedDataset> {
  const done = memory.done.get(name)
  if (done !== undefined && done.digest === (await digestOf(dataset))) return done.synced
  const { projectId } = options
  const { description } = dataset
  const remote = await openDataset(options.client, { projectId, name: dataset.name, description }, options.signal)
  const { id: datasetId, version } = remote
  const begun = memory.begun.get(datasetId)
  const isBegun = version > 0 && begun?.version === version
  const changer = createRecordChanger(options.client, { projectId, datasetId, version, isBegun }, options.signal)
  try {
    const target = { projectId, datasetId, version }
    const { records, digest } = await change(dataset, { ...options, ...target, changer })
    const changes = addChanges(begun?.changes ?? noChanges, changer.changes)
    const synced = { id: datasetId, version: changer.version, records, setAside: changer.setAside, changes }
    memory.done.set(name, { digest, synced })
    memory.begun.delete(datasetId)
    return synced
  } catch (error) {
    const changes = addChanges(begun?.changes ?? noChanges, changer.changes)
    if (changer.hasBegun) memory.begun.set(datasetId, { version: changer.version, changes })
    throw error
  }
}

interface ChangeOptions extends SyncOptions {
  readonly datasetId: string
  readonly version: number
  readonly changer: RecordChanger
}

async function change(dataset: PushedDataset, options: ChangeOptions) {
  const { changer } = options
  const index = await readIndex(options)
  const digest = createDigest()
  for await (const records of dataset.records()) {
    for (const record of records) {
      digest.add(record.key, record.contentHash, record.tags)
      const there = index.take(idHash(record.key))
      if (there === undefined) await changer.add({ kind: 'insert', record })
      else if (!options.insertOnly && !isSameContent(record, there)) {
        await changer.add({ kind: 'update', record, there: there.traits })
      }
    }
  }
  // What a part of the dataset does not have may be in the rest of it.
  if (dataset.isWhole && index.left > 0) await deleteOthers(index, options)
  await changer.flush()
  return { records: digest.count, digest: digest.end(dataset.isWhole) }
}

async function readIndex(options: ChangeOptions): Promise<RecordIndex> {
  const { clock, signal, version } = options
  if (version === 0) return createRecordIndex()
  const read = async (): Promise<RecordIndex> => {
    const index = createRecordIndex()
    for await (const items of listRecords(options)) {
      for (const record of items.flatMap((item) => readIndexed(item) ?? [])) index.add(idHash(record.id), record)
    }
    return index
  }
  return askPatiently(read, ({ size }) => size > 0, { clock, signal, patience: LIST_PATIENCE })
}

/** The ids were too many to be kept, so they are read once more; all of them first, as a list that changes has no steady pages. */
async function deleteOthers(index: RecordIndex, options: ChangeOptions): Promise<void> {
  const ids: string[] = []
  for await (const items of listRecords(options)) {
    for (const { id } of items.flatMap((item) => readIndexed(item) ?? [])) {
      if (!index.isTaken(idHash(id))) ids.push(id)
    }
  }
  for (const id of ids) await options.changer.add({ kind: 'delete', id })
}

function listRecords({ client, projectId, datasetId, version, signal }: ChangeOptions) {
  const parts = [projectId, 'datasets', datasetId, 'records']
  const query = { 'filter[version]': version }
  return readItems(client, { parts, query, purpose: 'list the records of the dataset' }, signal)
}

function createDigest() {
  const sum = createHash('sha256')
  let count = 0
  return {
    add(key: string, contentHash: string, tags: readonly string[] = []) {
      count++
      sum.update(`${JSON.stringify([key, contentHash, ...tags])}\n`)
    },
    end: (isWhole: boolean) => sum.update(String(isWhole)).digest('hex'),
    get count() {
      return count
    },
  }
}

async function digestOf(dataset: PushedDataset): Promise<string> {
  const digest = createDigest()
  for await (const records of dataset.records()) {
    for (const { key, contentHash, tags } of records) digest.add(key, contentHash, tags)
  }
  return digest.end(dataset.isWhole)
}
