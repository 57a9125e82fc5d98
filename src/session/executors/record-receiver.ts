import type { RecordItem } from '../../model/executor.ts'
import type { RecordText } from '../../model/row.ts'
import type { RecordItemText, RecordRequest } from './protocol.ts'

/** The main thread's side of reading the dataset: asks for the next batch when the one in hand is begun. */
export interface RecordReceiver {
  read(batchSize: number): AsyncIterable<readonly RecordItem[]>
  receive(items: readonly RecordItemText[], isLast: boolean): void
  /** A new thread goes on after the items that have come so far. */
  restart(): void
  /** Whether a batch has been asked for and has not come. */
  isReading(): boolean
  fail(error: Error): void
}

type Arrival =
  | { readonly status: 'batch'; readonly items: readonly RecordItem[]; readonly isLast: boolean }
  | { readonly status: 'failed'; readonly error: Error }

export function createRecordReceiver(post: (request: RecordRequest) => void): RecordReceiver {
  let batchSize = 0
  let received = 0
  let isReading = false
  let mustReopen = false
  let arrived: Arrival | undefined
  let wake = (): void => {}

  const askForNext = (): void => {
    post(mustReopen ? ['read', batchSize, received] : ['read-more'])
    mustReopen = false
  }
  const arrive = (arrival: Arrival): void => {
    arrived = arrival
    wake()
  }
  const next = async (): Promise<Arrival> => {
    while (arrived === undefined) {
      await new Promise<void>((resolve) => {
        wake = resolve
      })
    }
    const arrival = arrived
    if (arrival.status === 'batch') arrived = undefined
    return arrival
  }

  return {
    async *read(size) {
      batchSize = size
      isReading = true
      post(['read', size, 0])
      for (;;) {
        const arrival = await next()
        if (arrival.status === 'failed') throw arrival.error
        if (arrival.isLast) isReading = false
        else askForNext()
        if (arrival.items.length > 0) yield arrival.items
        if (arrival.isLast) return
      }
    },
    receive(items, isLast) {
      received += items.length
      arrive({ status: 'batch', items: items.map(toItem), isLast })
    },
    restart() {
      mustReopen = isReading
      // A batch that has arrived and was not taken yet asks for the next one when it is.
      if (isReading && arrived === undefined) askForNext()
    },
    isReading: () => isReading && arrived === undefined,
    fail: (error) => arrive({ status: 'failed', error }),
  }
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] }

// Without spreads: they cost more than the rest of what this does for every record.
function toItem(text: RecordItemText): RecordItem {
  if ('message' in text) return { status: 'invalid', problem: text }
  const [key, id, contentHash, input, expectedOutput, metadata, tags, changes, redacted] = text
  const record: Mutable<RecordText> = { key, contentHash, input }
  if (id !== undefined) record.id = id
  if (expectedOutput !== undefined) record.expectedOutput = expectedOutput
  if (metadata !== undefined) record.metadata = metadata
  if (tags !== undefined) record.tags = tags
  if (redacted !== undefined) record.redacted = redacted
  return { status: 'record', record, changes }
}
