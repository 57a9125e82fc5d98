import { join } from 'node:path'
import process from 'node:process'
import { pathToFileURL } from 'node:url'
import { Worker } from 'node:worker_threads'
import type { IndexedFiles } from '../../backends/local/score-index/load.ts'
import type { ConfigThreadData } from './config-entry.ts'

/** Where threads come from: those for user code, and what else one is started for. */
export interface Workers {
  /** Starts a thread that waits for what it is to load. It does not keep the process alive, and cannot fail until it is taken. */
  prepare(): void
  /** The thread that was prepared, or a new one: also where the environment has changed since, which a thread has a copy of. */
  take(): Worker
  /** What serves user code without a thread; loaded when it is asked for. */
  enter(): Promise<typeof import('./in-process-entry.ts')>
  /** Milliseconds of processor time that this process has used. */
  processorTime(): number
  /** A thread that loads a config file. */
  readConfig(file: ConfigThreadData): Worker
  /** A thread that makes the score index of a log. */
  indexLog(files: IndexedFiles): Worker
}

const threadEntry = join(import.meta.dirname, 'thread-entry.js')
const inProcessEntry = join(import.meta.dirname, 'in-process-entry.js')
const configEntry = join(import.meta.dirname, 'config-entry.js')
const indexEntry = join(import.meta.dirname, '..', 'compare', 'index-entry.cjs')

/** Nothing of what reading a log leaves behind lives for long: more would only be memory. */
const INDEXING = { maxYoungGenerationSizeMb: 8 }

export function createWorkers(): Workers {
  let prepared: Worker | undefined
  let environment = ''
  return {
    prepare() {
      environment = describeEnvironment()
      prepared = start()
      prepared.on('error', () => {})
      prepared.unref()
    },
    take() {
      const worker = prepared
      prepared = undefined
      if (worker === undefined || hasEnded(worker)) return start()
      if (environment !== describeEnvironment()) {
        void worker.terminate()
        return start()
      }
      worker.ref()
      return worker
    },
    enter: () => import(pathToFileURL(inProcessEntry).href),
    processorTime() {
      const { user, system } = process.cpuUsage()
      return (user + system) / 1_000
    },
    readConfig: (file) => new Worker(configEntry, { workerData: file, stdout: true, stderr: true }),
    indexLog: (files) =>
      new Worker(indexEntry, { workerData: files, stdout: true, stderr: true, resourceLimits: INDEXING }),
  }
}

function start(): Worker {
  // What says how to read the code that `node --eval` was given is refused by a thread that runs a file.
  const isEval = process.execArgv.some((argument) => argument.startsWith('--input-type'))
  return new Worker(threadEntry, { stdout: true, stderr: true, ...(isEval ? { execArgv: [] } : {}) })
}

function describeEnvironment(): string {
  return JSON.stringify(process.env)
}

function hasEnded({ threadId }: Worker): boolean {
  return threadId === -1
}
