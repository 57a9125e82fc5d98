import { openDataset } from '../../datasets/open-dataset.ts'
import { readRecords } from '../../datasets/read-records.ts'
import type { OpenOptions, SourceProblem } from '../../model/dataset.ts'
import { toErrorInfo } from '../../model/error-info.ts'
import type { DatasetCheck, RecordItem } from '../../model/executor.ts'
import type { Post } from './host.ts'
import type { HostExperiment } from './host-session.ts'
import type { RecordItemText } from './protocol.ts'

/** How many items are read at once while a dataset is only checked. */
const CHECK_BATCH = 1_000
const INVALID_KEPT = 10

/** Reads the dataset for the main thread: one batch whenever it is asked for. */
export interface RecordSender {
  check(): void
  read(batchSize: number, skip: number): void
  readMore(): void
}

interface SenderOptions {
  readonly post: Post
  readonly baseFolder: string
  readonly experiment: HostExperiment
}

export function createRecordSender({ post, baseFolder, experiment }: SenderOptions): RecordSender {
  let batches: AsyncGenerator<readonly RecordItem[], void> | undefined
  const open: OpenOptions = { baseFolder, signal: new AbortController().signal }

  const read = (batchSize: number): AsyncGenerator<readonly RecordItem[], void> => {
    const { source } = openDataset(experiment.definition.dataset)
    return readRecords(source, { open, batchSize })
  }

  const sendNext = async (): Promise<void> => {
    try {
      const next = await batches?.next()
      const items = next?.value ?? []
      post(['records', Array.from(items, toText), next?.done ?? true])
    } catch (error) {
      post(['read-failed', toErrorInfo('E_DATASET_THREW', error)])
    }
  }

  return {
    check() {
      countRecords(read(CHECK_BATCH)).then(
        (check) => post(['checked', check]),
        (error: unknown) => post(['check-failed', toErrorInfo('E_DATASET_THREW', error)]),
      )
    },
    read(batchSize, skip) {
      batches = skip === 0 ? read(batchSize) : skipItems(read(batchSize), skip)
      void sendNext()
    },
    readMore: () => void sendNext(),
  }
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

function toText(item: RecordItem): RecordItemText {
  if (item.status === 'invalid') return item.problem
  const { key, id, contentHash, input, expectedOutput, metadata, tags } = item.record
  return [key, id, contentHash, input, expectedOutput, metadata, tags, item.changes]
}
