import { BackendError } from '../../model/backend.ts'
import type { Json } from '../../model/json.ts'
import { quote } from '../../model/quote.ts'
import type { RecordText } from '../../model/row.ts'
import type { Client } from './client.ts'
import { RequestError } from './failures.ts'
import { envelope, joinArray, toText } from './json-text.ts'
import { unreadable } from './pages.ts'
import { apiPath } from './paths.ts'
import type { RecordTraits } from './record-index.ts'
import { readList, readMember, readNumber } from './reply.ts'
import { insertText, toStoredRecord, updateText } from './stored-record.ts'

/** What is to happen to one record. `there` is what it has at Datadog. */
export type RecordChange =
  | { readonly kind: 'insert'; readonly record: RecordText }
  | { readonly kind: 'update'; readonly record: RecordText; readonly there: RecordTraits }
  | { readonly kind: 'delete'; readonly id: string }

const MAX_BATCH_RECORDS = 1_000
const MAX_BATCH_BYTES = 500_000
/** Of a batch that is not the first: otherwise everything would be compared again whenever a single one fails. */
const ATTEMPTS = 5
/** Where more than so many records are refused, it is not the records. */
const MAX_SET_ASIDE = 20
/** It answers with every record that was changed. */
const MAX_REPLY_BYTES = 8 * 1024 * 1024

export interface ChangeTarget {
  readonly projectId: string
  readonly datasetId: string
  /** The version before the change. */
  readonly version: number
  /** Whether that version is one that this change began to make, and did not finish. */
  readonly isBegun: boolean
}

/** Changes records in batches, all of which make one version. */
export interface RecordChanger {
  add(change: RecordChange): Promise<void>
  /** Sends what has gathered. */
  flush(): Promise<void>
  /** The newest version so far. */
  readonly version: number
  /** Whether there is a version that this change made. */
  readonly hasBegun: boolean
  /** Why a record will never be taken, for each one that was refused. */
  readonly setAside: readonly string[]
  /** What was accepted so far. */
  readonly changes: ChangeCounts
}

/** How many records were changed, and how. */
export interface ChangeCounts {
  readonly inserted: number
  readonly updated: number
  readonly deleted: number
}

export const noChanges: ChangeCounts = { inserted: 0, updated: 0, deleted: 0 }

export function addChanges(a: ChangeCounts, b: ChangeCounts): ChangeCounts {
  return { inserted: a.inserted + b.inserted, updated: a.updated + b.updated, deleted: a.deleted + b.deleted }
}

interface EncodedChange {
  readonly change: RecordChange
  readonly text: Json
  readonly cut: number
}

export function createRecordChanger(client: Client, target: ChangeTarget, signal: AbortSignal): RecordChanger {
  const setAside: string[] = []
  let { version, isBegun } = target
  let batch: EncodedChange[] = []
  let bytes = 0
  let isFirst = true
  let counts = noChanges

  const send = async (changes: readonly EncodedChange[]): Promise<void> => {
    try {
      const reached = await postBatch(client, { ...target, isBegun, attempts: isFirst ? 1 : ATTEMPTS }, changes, signal)
      isFirst = false
      counts = addChanges(counts, countChanges(changes))
      isBegun ||= reached !== undefined && reached > target.version
      version = Math.max(version, reached ?? 0)
    } catch (error) {
      if (!(error instanceof BackendError)) throw error
      const smaller = divide(changes, error)
      if (smaller.length === 0) {
        if (setAside.length === MAX_SET_ASIDE) throw error
        setAside.push(`record ${changes.map(describeRecord).join()} of the dataset: ${error.message}`)
      }
      for (const part of smaller) await send(part)
    }
  }
  const flush = async (): Promise<void> => {
    const full = batch
    batch = []
    bytes = 0
    if (full.length > 0) await send(full)
  }
  return {
    async add(change) {
      const encoded = encodeChange(change, 0)
      if (encoded === undefined) return
      const size = Buffer.byteLength(encoded.text)
      if (batch.length > 0 && (batch.length === MAX_BATCH_RECORDS || bytes + size > MAX_BATCH_BYTES)) await flush()
      batch.push(encoded)
      bytes += size
    },
    flush,
    get version() {
      return version
    },
    get hasBegun() {
      return isBegun
    },
    setAside,
    get changes() {
      return counts
    },
  }
}

function countChanges(changes: readonly EncodedChange[]): ChangeCounts {
  const count = (kind: RecordChange['kind']): number => changes.filter(({ change }) => change.kind === kind).length
  return { inserted: count('insert'), updated: count('update'), deleted: count('delete') }
}

function encodeChange(change: RecordChange, cut: number): EncodedChange | undefined {
  if (change.kind === 'delete') return cut > 0 ? undefined : { change, text: toText(change.id), cut }
  const record = toStoredRecord(change.record, cut)
  if (record === undefined) return undefined
  return { change, text: change.kind === 'insert' ? insertText(record) : updateText(record, change.there), cut }
}

function describeRecord({ change }: EncodedChange): string {
  return quote(change.kind === 'delete' ? change.id : change.record.key)
}

/** What to send in place of a batch that was refused; nothing when its only record will never be taken. */
function divide(changes: readonly EncodedChange[], error: BackendError): readonly (readonly EncodedChange[])[] {
  const { kind } = error.failure
  if (kind !== 'too-large' && kind !== 'invalid') throw error
  const [first] = changes
  if (changes.length > 1) {
    const half = Math.ceil(changes.length / 2)
    return [changes.slice(0, half), changes.slice(half)]
  }
  const smaller = kind === 'too-large' && first !== undefined ? encodeChange(first.change, first.cut + 1) : undefined
  return smaller === undefined ? [] : [[smaller]]
}

/** Returns the version that holds the changes; undefined when nothing was different. */
async function postBatch(
  client: Client,
  { projectId, datasetId, isBegun, attempts }: ChangeTarget & { readonly attempts: number },
  changes: readonly EncodedChange[],
  signal: AbortSignal,
): Promise<number | undefined> {
  const purpose = 'change the dataset'
  const textsOf = (kind: RecordChange['kind']): Json =>
    joinArray(changes.flatMap(({ change, text }) => (change.kind === kind ? [text] : [])))
  const attributes = {
    insert_records: textsOf('insert'),
    update_records: textsOf('update'),
    delete_records: textsOf('delete'),
    deduplicate: 'true',
    create_new_version: String(!isBegun),
  }
  const path = apiPath([projectId, 'datasets', datasetId, 'batch_update'])
  const body = envelope('datasets', attributes, datasetId)
  try {
    const request = { method: 'POST', path, body, purpose, bulkBytes: MAX_REPLY_BYTES, attempts } as const
    const reply = await client.send(request, signal)
    // Without it, nobody knows which version to name; the list that is read next time shows what became of it.
    if (readMember(reply.body, 'data') === undefined) throw unreadable(`cannot ${purpose}: the answer has no records`)
    return readVersion(reply.body)
  } catch (error) {
    // A record that somebody else took away meanwhile is not found; the list that is read next time does not have it.
    if (error instanceof RequestError && error.status === 404) throw unreadable(error.message)
    throw error
  }
}

function readVersion(body: unknown): number | undefined {
  const versions = readList(body, 'data').flatMap((record) => readNumber(record, 'attributes', 'version') ?? [])
  return versions.length === 0 ? undefined : Math.max(...versions)
}
