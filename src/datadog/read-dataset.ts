import { createChecker, type RecordChecker } from '../datasets/apply-schemas.ts'
import type { RecordSchemas } from '../datasets/check-options.ts'
import { isRecord, refuseRecord } from '../datasets/check-record.ts'
import { isTag } from '../datasets/is-tag.ts'
import type { DatasetOrigin, DatasetRecord, OpenOptions, SourceItem } from '../model/dataset.ts'
import { parseJson } from '../model/json.ts'
import { makeVisible, quote } from '../model/quote.ts'
import { connectDatadog, type RemoteRecord, toCommandError } from './connect.ts'

export interface RecordsWish {
  readonly name: string
  readonly version?: number
  readonly tags?: readonly string[]
  readonly project?: string
}

export interface PulledRecords {
  /** By id. */
  readonly records: readonly RemoteRecord[]
  readonly origin: DatasetOrigin
}

/** @throws LlmobsExpError as `datadogDataset` says, or the signal's reason */
export async function pullRecords(
  wish: RecordsWish,
  { asker, signal }: { readonly asker: string; readonly signal: AbortSignal },
): Promise<PulledRecords> {
  const remote = connectDatadog(asker)
  try {
    const { dataset, version, records } = await remote.pullDataset(wish, signal)
    const { id, name } = dataset
    return { records, origin: { backend: remote.name, place: remote.place, id, name, version } }
  } catch (error) {
    signal.throwIfAborted()
    throw toCommandError(error)
  } finally {
    await remote.close()
  }
}

export interface ItemOptions {
  readonly schemas: RecordSchemas
  /** For messages. */
  readonly owner: string
  readonly open: OpenOptions
}

const DEFAULT_BATCH = 256

/** What was pulled as records of a dataset, in batches. */
export async function* toItems(
  records: readonly RemoteRecord[],
  { schemas, owner, open }: ItemOptions,
): AsyncGenerator<readonly SourceItem[], void, undefined> {
  const check = createChecker(schemas)
  const size = open.batchSize ?? DEFAULT_BATCH
  for (let start = 0; start < records.length; start += size) {
    open.signal.throwIfAborted()
    const items: SourceItem[] = []
    for (const record of records.slice(start, start + size)) items.push(await toItem(record, check, owner))
    yield items
  }
}

async function toItem(pulled: RemoteRecord, check: RecordChecker | undefined, owner: string): Promise<SourceItem> {
  const record = toRecord(pulled)
  const refuse = (reason: string): SourceItem => {
    const message = makeVisible(`${owner}: record ${quote(pulled.id)}: ${reason}`)
    return { status: 'invalid', problem: { message } }
  }
  if (!isRecord(record)) return refuse(refuseRecord(record)?.message ?? 'expected a record')
  const checked = check === undefined ? undefined : await check(record)
  if (checked === undefined) return { status: 'record', record }
  return checked.status === 'record' ? checked : refuse(checked.refusal.message)
}

/** Datadog takes tags from elsewhere that are no `key:value`; a record is one without them. */
function toRecord({ id, input, expectedOutput, metadata, tags }: RemoteRecord): DatasetRecord {
  const known = tags.filter(isTag)
  return {
    id,
    input: parseJson(input),
    ...(expectedOutput === undefined ? {} : { expectedOutput: parseJson(expectedOutput) }),
    ...(metadata === undefined ? {} : { metadata: parseJson(metadata) }),
    ...(known.length === 0 ? {} : { tags: known }),
  }
}
