import { notFound } from './answers.ts'
import { isSame, type Json } from './json.ts'
import { type Dataset, newestOf, type RecordContent, type StoredRecord } from './state.ts'
import { keptFor } from './time.ts'
import type { World } from './world.ts'

export interface RecordInsert {
  /** The backend gives one when there is none. */
  readonly id: string | undefined
  readonly content: RecordContent
}

/** Null leaves as it is. */
export interface RecordUpdate {
  readonly id: string
  readonly input: Json
  readonly expectedOutput: Json
  readonly metadata: Json
  readonly tags: TagOperations
}

/** Done in this order. */
export interface TagOperations {
  readonly remove: readonly string[]
  readonly add: readonly string[]
  readonly set: readonly string[] | undefined
}

export interface RecordChanges {
  readonly inserts: readonly RecordInsert[]
  readonly updates: readonly RecordUpdate[]
  readonly deletes: readonly string[]
  /** Whether a record without an id that says the same as one that is there is that one. */
  readonly deduplicate: boolean
  /** Whether a change makes a new version, or goes into the newest one. */
  readonly createNewVersion: boolean
}

export interface ChangedRecords {
  readonly version: number
  /** Those inserted, updated and deleted, in the order of the request. */
  readonly records: readonly StoredRecord[]
}

/** Changes the dataset, in whole or not at all. */
export function changeRecords(world: World, dataset: Dataset, changes: RecordChanges): ChangedRecords {
  const newest = newestOf(dataset)
  const change = new Change(world, dataset.id, newest.records)
  const records = [
    ...changes.inserts.map((insert) => change.insert(insert, changes.deduplicate)),
    ...changes.updates.map((update) => change.update(update)),
    ...changes.deletes.flatMap((id) => change.delete(id)),
  ]
  const version = change.isReal && changes.createNewVersion ? newest.version + 1 : newest.version
  const snapshot = { version, at: change.at, records: change.records }
  const isOutdated = (one: { version: number }): boolean =>
    world.settings.visibilityDelay === 0 && one.version === version
  const snapshots = [...dataset.snapshots.filter((one) => !isOutdated(one)), snapshot]
  const updatedAt = change.isReal ? change.at : dataset.updatedAt
  world.state.datasets.set(dataset.id, { ...dataset, updatedAt, snapshots })
  return { version, records }
}

class Change {
  readonly at: bigint
  readonly records: Map<string, StoredRecord>
  /** Whether anything differs from before. */
  isReal = false
  readonly #world: World
  readonly #datasetId: string

  constructor(world: World, datasetId: string, records: ReadonlyMap<string, StoredRecord>) {
    this.#world = world
    this.#datasetId = datasetId
    this.at = world.time.tick()
    this.records = new Map(records)
  }

  insert({ id, content }: RecordInsert, deduplicate: boolean): StoredRecord {
    const known = id === undefined ? deduplicate && this.#findSame(content) : this.records.get(id)
    if (known) return this.#replace(known, content)
    const { random } = this.#world
    this.isReal = true
    return this.#put({
      id: id ?? random.uuid(),
      canonicalId: random.uuid(),
      datasetId: this.#datasetId,
      createdAt: this.at,
      updatedAt: this.at,
      deletedAt: undefined,
      ttl: this.at + keptFor.stored,
      content,
    })
  }

  update({ id, input, expectedOutput, metadata, tags }: RecordUpdate): StoredRecord {
    const record = this.records.get(id)
    if (record === undefined) throw notFound()
    const { content } = record
    return this.#replace(record, {
      input: input ?? content.input,
      expectedOutput: expectedOutput ?? content.expectedOutput,
      metadata: metadata ?? content.metadata,
      tags: applyTags(content.tags, tags),
    })
  }

  /** Nothing when the record is not there, as it is when the request is sent again. */
  delete(id: string): StoredRecord[] {
    const record = this.records.get(id)
    if (record === undefined) return []
    this.isReal = true
    this.records.delete(id)
    return [{ ...record, deletedAt: this.at, ttl: this.at + keptFor.deleted }]
  }

  /** A record that stays as it is keeps the time at which it was made. */
  #replace(record: StoredRecord, content: RecordContent): StoredRecord {
    if (isSameContent(record.content, content)) return this.#put({ ...record, updatedAt: this.at })
    this.isReal = true
    const times = { createdAt: this.at, updatedAt: this.at, ttl: this.at + keptFor.stored }
    return this.#put({ ...record, ...times, content })
  }

  #put(record: StoredRecord): StoredRecord {
    this.records.set(record.id, record)
    return record
  }

  #findSame(content: RecordContent): StoredRecord | undefined {
    return [...this.records.values()].find((record) => isSameContent(record.content, content))
  }
}

function applyTags(tags: readonly string[], { remove, add, set }: TagOperations): readonly string[] {
  if (set !== undefined) return [...new Set(set)]
  return [...new Set([...tags.filter((tag) => !remove.includes(tag)), ...add])]
}

function isSameContent(one: RecordContent, other: RecordContent): boolean {
  return (
    isSame(one.input, other.input) &&
    isSame(one.expectedOutput, other.expectedOutput) &&
    isSame(one.metadata, other.metadata) &&
    isSame([...one.tags].sort(), [...other.tags].sort())
  )
}
