import type { DatasetSource, OpenOptions, SourceItem } from '../model/dataset.ts'
import { toErrorInfo } from '../model/error-info.ts'
import { LlmobsExpError } from '../model/errors.ts'
import { checkRecord } from './check-record.ts'

const DEFAULT_BATCH = 256

type Batches = AsyncGenerator<readonly SourceItem[], void, undefined>

/** An array of records. */
export function arraySource(records: readonly unknown[]): DatasetSource {
  return {
    description: `${records.length} inline record${records.length === 1 ? '' : 's'}`,
    checkedFirst: true,
    read: (options) => readArray(records, options),
  }
}

/** A generator or another iterable: read as far as its records are asked for, never twice for a check. */
export function iterableSource(records: Iterable<unknown>): DatasetSource {
  const firstUse = allowOneUse(records, () => Object.is(records[Symbol.iterator](), records))
  return {
    description: 'an iterable',
    checkedFirst: false,
    read: (options) => {
      firstUse()
      return readIterable(records, options)
    },
  }
}

/** An async generator, a stream, or another async iterable. */
export function asyncIterableSource(records: AsyncIterable<unknown>): DatasetSource {
  const firstUse = allowOneUse(records, () => Object.is(records[Symbol.asyncIterator](), records))
  return {
    description: 'an async iterable',
    checkedFirst: false,
    read: (options) => {
      firstUse()
      return readAsyncIterable(records, options)
    },
  }
}

async function* readArray(records: readonly unknown[], options: OpenOptions): Batches {
  const size = options.batchSize ?? DEFAULT_BATCH
  for (let start = 0; start < records.length; start += size) {
    options.signal.throwIfAborted()
    const batch: SourceItem[] = []
    const end = Math.min(start + size, records.length)
    for (let index = start; index < end; index++) batch.push(checkItem(records[index], index))
    yield batch
  }
}

async function* readIterable(records: Iterable<unknown>, options: OpenOptions): Batches {
  const size = options.batchSize ?? DEFAULT_BATCH
  let batch: SourceItem[] = []
  let count = 0
  let failure: LlmobsExpError | undefined
  try {
    for (const value of records) {
      batch.push(checkItem(value, count++))
      if (batch.length < size) continue
      yield batch
      batch = []
      if (options.signal.aborted) break
    }
  } catch (thrown) {
    failure = datasetThrew(thrown, count)
  }
  options.signal.throwIfAborted()
  // What came before the failure is kept.
  if (batch.length > 0) yield batch
  if (failure !== undefined) throw failure
}

async function* readAsyncIterable(records: AsyncIterable<unknown>, options: OpenOptions): Batches {
  let count = 0
  try {
    // One item a batch: a slow source's first record is not kept waiting for its second.
    for await (const value of records) {
      if (options.signal.aborted) break
      yield [checkItem(value, count++)]
    }
  } catch (thrown) {
    throw datasetThrew(thrown, count)
  }
  options.signal.throwIfAborted()
}

function checkItem(value: unknown, index: number): SourceItem {
  const item = checkRecord(value)
  if (item.status === 'record') return item
  return { status: 'invalid', problem: { ...item.problem, message: `dataset[${index}]: ${item.problem.message}` } }
}

function datasetThrew(thrown: unknown, count: number): LlmobsExpError {
  const { message } = toErrorInfo('E_DATASET_THREW', thrown)
  return new LlmobsExpError(
    'E_DATASET_THREW',
    `the dataset threw after ${count} record${count === 1 ? '' : 's'}: ${message}`,
    {
      cause: thrown,
    },
  )
}

const usedIterables = new WeakSet<object>()

/** A generator gives nothing the second time: that must not look like an empty dataset. */
function allowOneUse(records: object, isOneWay: () => boolean): () => void {
  return () => {
    if (usedIterables.has(records) && isOneWay()) throw usedUp()
    usedIterables.add(records)
  }
}

function usedUp(): LlmobsExpError {
  return new LlmobsExpError(
    'E_DATASET_THREW',
    'the dataset is a generator that has been read already and cannot start again',
    {
      hint: 'use an array, or an object whose [Symbol.iterator] or [Symbol.asyncIterator] makes a new generator each time',
    },
  )
}
