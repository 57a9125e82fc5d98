import { join } from 'node:path'
import { Worker } from 'node:worker_threads'

/** Where the threads for user code come from. */
export interface Workers {
  /** Starts a thread that waits for what it is to load. It does not keep the process alive, and cannot fail until it is taken. */
  prepare(): void
  /** The thread that was prepared, or a new one. */
  take(): Worker
}

const entry = join(import.meta.dirname, 'thread-entry.js')

export function createWorkers(): Workers {
  let prepared: Worker | undefined
  return {
    prepare() {
      prepared = start()
      prepared.on('error', () => {})
      prepared.unref()
    },
    take() {
      const worker = prepared
      prepared = undefined
      if (worker === undefined || hasEnded(worker)) return start()
      worker.ref()
      return worker
    },
  }
}

function start(): Worker {
  return new Worker(entry, { stdout: true, stderr: true })
}

function hasEnded({ threadId }: Worker): boolean {
  return threadId === -1
}
