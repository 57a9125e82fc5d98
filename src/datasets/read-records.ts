import { type CanonicalText, toCanonicalJson } from '../model/canonical-json.ts'
import type {
  DatasetRecord,
  DatasetSource,
  ItemPlace,
  OpenOptions,
  SourceItem,
  SourceProblem,
} from '../model/dataset.ts'
import { toErrorInfo } from '../model/error-info.ts'
import { LlmobsExpError } from '../model/errors.ts'
import type { RecordItem } from '../model/executor.ts'
import { identifyCanonical } from '../model/identity.ts'
import type { JsonChange } from '../model/json.ts'
import { quote } from '../model/quote.ts'
import type { RecordText } from '../model/row.ts'
import { createKeyAssigner, DuplicateKeyError, type KeyAssigner } from './assign-keys.ts'
import { refuseRecord } from './check-record.ts'

export interface ReadRecordsOptions {
  readonly open: OpenOptions
  /** How many items a batch may hold, and so how far an iterable is read ahead. */
  readonly batchSize: number
}

interface Reading {
  readonly keys: KeyAssigner
  /** Items read so far. */
  count: number
}

/**
 * Reads a source as text with identity: each record gets its key, its content hash and its values as JSON. Batches come as the
 * source gives them, none larger than `batchSize`. An item that is no record, or cannot be kept, is `invalid` and says where it stands.
 *
 * @throws LlmobsExpError `E_DATASET_DUPLICATE_ID`, `E_DATASET_FILE`, or `E_DATASET_THREW` when an iterable throws
 */
export async function* readRecords(
  source: DatasetSource,
  { open, batchSize }: ReadRecordsOptions,
): AsyncGenerator<readonly RecordItem[], void, undefined> {
  const reading: Reading = { keys: createKeyAssigner(), count: 0 }
  for await (const items of source.read({ ...open, batchSize })) {
    for (let start = 0; start < items.length; start += batchSize) {
      const { batch, failure } = convertBatch(items.slice(start, start + batchSize), reading)
      // What came before a failure is given before it is thrown.
      if (batch.length > 0) yield batch
      if (failure !== undefined) throw failure
    }
  }
}

interface Converted {
  readonly batch: readonly RecordItem[]
  readonly failure?: LlmobsExpError
}

function convertBatch(items: readonly SourceItem[], reading: Reading): Converted {
  const batch: RecordItem[] = []
  try {
    for (const item of items) batch.push(convertItem(item, reading))
    return { batch }
  } catch (failure) {
    if (failure instanceof LlmobsExpError) return { batch, failure }
    throw failure
  }
}

function convertItem(item: SourceItem, reading: Reading): RecordItem {
  const index = reading.count++
  if (item.status === 'invalid') return item
  // A source that is not from here may give anything.
  const refusal = refuseRecord(item.record)
  if (refusal !== undefined) return { status: 'invalid', problem: placeProblem(refusal.message, item, index) }
  try {
    return toRecordItem(item.record, reading.keys)
  } catch (thrown) {
    if (thrown instanceof DuplicateKeyError) throw explainDuplicate(thrown, item, index)
    const { message } = toErrorInfo('E_DATASET_RECORD', thrown)
    return { status: 'invalid', problem: placeProblem(message, item, index) }
  }
}

function placeProblem(message: string, { file, line }: ItemPlace, index: number): SourceProblem {
  if (file === undefined || line === undefined) return { message: `dataset[${index}]: ${message}` }
  return { message, file, line }
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] }

// Built without spreading: this runs once a record, and spreads cost more than the hashes.
function toRecordItem({ id, input, expectedOutput, metadata, tags }: DatasetRecord, keys: KeyAssigner): RecordItem {
  const texts: Texts = {
    input: toCanonicalJson(input),
    expectedOutput: expectedOutput === undefined ? undefined : toCanonicalJson(expectedOutput),
    metadata: metadata === undefined ? undefined : toCanonicalJson(metadata),
  }
  const identity = identifyCanonical({
    id,
    input: texts.input.canonical,
    expectedOutput: texts.expectedOutput?.canonical,
    metadata: texts.metadata?.canonical,
  })
  const key = id === undefined ? keys.nextOrdinal(identity.key) : keys.keepId(id)
  const record: Mutable<RecordText> = { key, contentHash: identity.contentHash, input: texts.input.json }
  if (id !== undefined) record.id = id
  if (texts.expectedOutput !== undefined) record.expectedOutput = texts.expectedOutput.json
  if (texts.metadata !== undefined) record.metadata = texts.metadata.json
  if (tags !== undefined && tags.length > 0) record.tags = [...tags]
  return { status: 'record', record, changes: mergeChanges(texts) }
}

interface Texts {
  readonly input: CanonicalText
  readonly expectedOutput: CanonicalText | undefined
  readonly metadata: CanonicalText | undefined
}

function mergeChanges({ input, expectedOutput, metadata }: Texts): readonly JsonChange[] {
  const fromExpected = expectedOutput?.changes.length ?? 0
  const fromMetadata = metadata?.changes.length ?? 0
  if (fromExpected === 0 && fromMetadata === 0) return input.changes
  return [...new Set([...input.changes, ...(expectedOutput?.changes ?? []), ...(metadata?.changes ?? [])])]
}

function explainDuplicate({ key, kind }: DuplicateKeyError, { file, line }: ItemPlace, index: number): LlmobsExpError {
  const origin = kind === 'id' ? 'its id' : 'the key derived from its input'
  const place = file === undefined || line === undefined ? `dataset[${index}]` : `${file}:${line}`
  return new LlmobsExpError(
    'E_DATASET_DUPLICATE_ID',
    `${place}: expected an id that no other record has, got ${quote(key)} (${origin}), which is an earlier record's`,
    file === undefined || line === undefined ? {} : { location: { file, line } },
  )
}
