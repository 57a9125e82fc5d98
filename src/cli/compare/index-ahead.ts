import { availableParallelism } from 'node:os'
import type { Worker } from 'node:worker_threads'
import { type IndexedFiles, takesLongToIndex } from '../../backends/local/score-index/load.ts'
import type { LocalStore } from '../../backends/local/store.ts'
import type { Workers } from '../../session/executors/workers.ts'

/** An index that is made in a thread of its own. */
export interface IndexAhead {
  /** Waits until it stands beside its log, or will not: then whoever needs it makes it, and finds out why. */
  ready(): Promise<void>
  close(): Promise<void>
}

interface Side {
  readonly store: LocalStore
  readonly experimentId: string
}

const nothingAhead: IndexAhead = {
  async ready() {},
  async close() {},
}

/** Begins to make the index of the second side, where that takes long and the one of the first has to be made as well. */
export function indexAhead(first: Side | undefined, second: Side | undefined, workers: Workers): IndexAhead {
  if (first === undefined || second === undefined || first.experimentId === second.experimentId) return nothingAhead
  const files = second.store.files(second.experimentId)
  if (availableParallelism() === 1) return nothingAhead
  if (!takesLongToIndex(first.store.files(first.experimentId)) || !takesLongToIndex(files)) return nothingAhead
  const worker = startThread(files, workers)
  if (worker === undefined) return nothingAhead
  const ended = new Promise<void>((resolve) => {
    worker.once('error', () => resolve())
    worker.once('exit', () => resolve())
  })
  return {
    ready: () => ended,
    async close() {
      await worker.terminate()
    },
  }
}

/** Undefined where this process may not have threads. */
function startThread({ events, scores }: IndexedFiles, workers: Workers): Worker | undefined {
  try {
    return workers.indexLog({ events, scores })
  } catch {
    return undefined
  }
}
