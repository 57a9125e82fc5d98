import { fromErrorInfo } from '../../model/error-info.ts'
import type { ErrorInfo } from '../../model/errors.ts'
import type { RecordItem } from '../../model/executor.ts'
import type { ExperimentRef } from '../../model/ports.ts'
import type { RecordAnswer, ToThread } from './protocol.ts'
import { createRecordReceiver, type RecordReceiver } from './record-receiver.ts'

/** Reads datasets of a module from their beginning, beside the experiment that is open, and whichever is. */
export interface DatasetReaders {
  read(ref: ExperimentRef, batchSize: number): AsyncIterable<readonly RecordItem[]>
  receive(reader: number, answer: RecordAnswer): void
  /** A new thread goes on where the one before it was. */
  restart(): void
  fail(error: ErrorInfo): void
}

export function createDatasetReaders(post: (message: ToThread) => void): DatasetReaders {
  const readers = new Map<number, RecordReceiver>()
  let last = 0
  let failure: Error | undefined
  return {
    async *read(ref, batchSize) {
      if (failure !== undefined) throw failure
      const reader = ++last
      const receiver = createRecordReceiver((request) => post(['dataset', reader, ref, request]))
      readers.set(reader, receiver)
      try {
        yield* receiver.read(batchSize)
      } finally {
        readers.delete(reader)
        post(['dataset', reader, ref, ['read-no-more']])
      }
    },
    receive(reader, answer) {
      const receiver = readers.get(reader)
      if (answer[0] === 'records') receiver?.receive(answer[1], answer[2])
      else receiver?.fail(fromErrorInfo(answer[1]))
    },
    restart() {
      for (const receiver of readers.values()) receiver.restart()
    },
    fail(error) {
      failure = fromErrorInfo(error)
      for (const receiver of readers.values()) receiver.fail(failure)
    },
  }
}
