import { openDataset } from '../../datasets/open-dataset.ts'
import { readRecords } from '../../datasets/read-records.ts'
import type { DatasetOrigin, OpenOptions, SourceProblem } from '../../model/dataset.ts'
import { toErrorInfo } from '../../model/error-info.ts'
import type { DatasetCheck, RecordItem } from '../../model/executor.ts'
import type { Post } from './host.ts'
import type { RecordAnswer, RecordItemText } from './protocol.ts'
import type { Redactor } from './redactor.ts'

/** How many items are read at once while a dataset is only checked. */
const CHECK_BATCH = 1_000
const INVALID_KEPT = 10

/** Reads a dataset for the main thread: one batch whenever it is asked for. */
export interface RecordSender {
  read(batchSize: number, skip: number): void
  readMore(): void
  /** Lets go of what is open, in the middle too. */
  close(): void
}

interface DatasetPlace {
  readonly baseFolder: string
  readonly dataset: unknown
  readonly origin?: DatasetOrigin
}

interface SentDataset extends DatasetPlace {
  readonly post: (answer: RecordAnswer) => void
  readonly redactor: Redactor | undefined
}

export function createRecordSender({ post, redactor, ...place }: SentDataset): RecordSender {
  let batches: AsyncGenerator<readonly RecordItem[], void> | undefined

  const sendNext = async (): Promise<void> => {
    try {
      const next = await batches?.next()
      const items = next?.value ?? []
      post(['records', Array.from(items, (item) => toText(item, redactor)), next?.done ?? true])
    } catch (error) {
      post(['read-failed', toErrorInfo('E_DATASET_THREW', error)])
    }
  }

  return {
    read(batchSize, skip) {
      batches = skip === 0 ? read(place, batchSize) : skipItems(read(place, batchSize), skip)
      void sendNext()
    },
    readMore: () => void sendNext(),
    close() {
      // Whatever it throws now is nobody's any more.
      batches?.return().catch(() => {})
    },
  }
}

/** Reads the whole of a dataset, and says what is in it. */
export function checkRecords({ post, ...place }: DatasetPlace & { readonly post: Post }): void {
  countRecords(read(place, CHECK_BATCH)).then(
    (check) => post(['checked', { ...check, ...originOf(place) }]),
    (error: unknown) => post(['check-failed', toErrorInfo('E_DATASET_THREW', error)]),
  )
}

/** What a source that was read says of where its records are kept; plain data, whatever object it says it with. */
function originOf({ dataset }: DatasetPlace): { readonly origin?: DatasetOrigin } {
  const origin = openDataset(dataset).source.origin?.()
  if (origin === undefined) return {}
  const { backend, place, id, name, version } = origin
  return { origin: { backend, place, id, name, version } }
}

function read(
  { baseFolder, dataset, origin }: DatasetPlace,
  batchSize: number,
): AsyncGenerator<readonly RecordItem[], void> {
  const open: OpenOptions = {
    baseFolder,
    signal: new AbortController().signal,
    ...(origin === undefined ? {} : { origin }),
  }
  return readRecords(openDataset(dataset).source, { open, batchSize })
}

async function countRecords(batches: AsyncIterable<readonly RecordItem[]>): Promise<DatasetCheck> {
  let records = 0
  let invalidCount = 0
  const invalid: SourceProblem[] = []
  for await (const batch of batches) {
    for (const item of batch) {
      if (item.status === 'record') records++
      else {
        invalidCount++
        if (invalid.length < INVALID_KEPT) invalid.push(item.problem)
      }
    }
  }
  return { records, invalidCount, invalid }
}

/** A thread that takes another one's place goes on where that one was. */
async function* skipItems(
  batches: AsyncGenerator<readonly RecordItem[], void>,
  skip: number,
): AsyncGenerator<readonly RecordItem[], void> {
  let left = skip
  for await (const batch of batches) {
    if (left < batch.length) yield batch.slice(left)
    left = Math.max(left - batch.length, 0)
  }
}

function toText(item: RecordItem, redactor: Redactor | undefined): RecordItemText {
  if (item.status === 'invalid') return item.problem
  const { key, id, contentHash, input, expectedOutput, metadata, tags } = item.record
  if (redactor === undefined) return [key, id, contentHash, input, expectedOutput, metadata, tags, item.changes]
  const changes = new Set(item.changes)
  const redacted = redactor.record(item.record, changes)
  return [key, id, contentHash, input, expectedOutput, metadata, tags, [...changes], redacted]
}
