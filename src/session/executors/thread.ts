import { nextTick } from 'node:process'
import type { Worker } from 'node:worker_threads'
import { fromErrorInfo, toErrorInfo } from '../../model/error-info.ts'
import { type ErrorInfo, LlmobsExpError } from '../../model/errors.ts'
import type { ConsoleChunk, DefinitionInfo } from '../../model/ports.ts'
import { type FromThread, PROGRESS_LENGTH, type RecordAnswer, type ThreadData, type ToThread } from './protocol.ts'
import { createWakefulness } from './stay-awake.ts'

/** One thread with the user's module in it. */
export interface Thread {
  /** What the module defines; rejects when it does not load. */
  readonly loaded: Promise<readonly DefinitionInfo[]>
  /** How far calls are, written by the thread; see `ThreadData`. */
  readonly progress: Float64Array
  post(message: ToThread): void
  /** Sends what was posted so far without waiting for the end of the tick. */
  flush(): void
  /** What the thread says once it is loaded, and how it ended if nobody asked for that. */
  listen(listener: ThreadListener): void
  /** Resolves when the thread's console output has come, or does not come within a moment. */
  drain(): Promise<void>
  terminate(): Promise<void>
}

export interface ThreadListener {
  message(message: FromThread): void
  /** What was posted so far is on its way. */
  flushed(): void
  ended(error: ErrorInfo): void
}

export interface CompiledFile {
  readonly file: string
  readonly url: string
}

export interface ThreadListeners {
  readonly onConsole: (chunk: ConsoleChunk) => void
  /** Whether console output says which call it comes from. @default false */
  readonly tracesConsole?: boolean | undefined
}

interface StartOptions extends ThreadListeners {
  /** What the thread reads beside the experiment that is open. */
  readonly onDataset: (reader: number, answer: RecordAnswer) => void
  readonly onEnded: (error: ErrorInfo) => void
}

/** Milliseconds that a thread is given to hand over its console output. */
const DRAIN_TIME = 2_000

/** Loads a module in a worker that waits for one. */
export function startThread(worker: Worker, compiled: CompiledFile, options: StartOptions): Thread {
  const { onConsole, tracesConsole = false, onDataset, onEnded } = options
  const shared = new SharedArrayBuffer(PROGRESS_LENGTH * Float64Array.BYTES_PER_ELEMENT)
  const data: ThreadData = { url: compiled.url, file: compiled.file, progress: shared, tracesConsole }
  forwardConsole(worker, onConsole)
  worker.postMessage(data)

  let outbox: ToThread[] = []
  let listener: ThreadListener | undefined
  let death: ErrorInfo | undefined
  let drained = (): void => {}
  let lastWords: ErrorInfo | undefined
  const loading = createLoading()

  const flush = (): void => {
    if (outbox.length === 0) return
    const messages = outbox
    outbox = []
    worker.postMessage(messages)
    listener?.flushed()
  }
  const post = (message: ToThread): void => {
    if (outbox.push(message) === 1) nextTick(flush)
  }
  const receive = (message: FromThread): void => {
    if (message[0] === 'exiting') lastWords = message[1]
    else if (message[0] === 'loaded') loading.succeed(message[1])
    else if (message[0] === 'drained') drained()
    else if (message[0] === 'load-failed') loading.fail(message[1])
    else if (message[0] === 'console') onConsole(toChunk(message))
    else if (message[0] === 'dataset') onDataset(message[1], message[2])
    else listener?.message(message)
  }
  const end = (error: ErrorInfo): void => {
    if (death !== undefined) return
    death = error
    loading.fail({ ...error, code: 'E_MODULE_EXIT' })
    listener?.ended(error)
    onEnded(error)
  }
  const stayAwake = createWakefulness()
  worker.on('message', (messages: readonly FromThread[]) => {
    stayAwake()
    for (const message of messages) receive(message)
  })
  worker.on('error', (error) => end(describeDeath(error)))
  worker.on('exit', (code) => end(lastWords ?? describeExit(code)))

  return {
    loaded: loading.promise,
    progress: new Float64Array(shared),
    post,
    flush,
    listen(newListener) {
      listener = newListener
      if (death !== undefined) listener.ended(death)
    },
    async drain() {
      if (death !== undefined) return
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, DRAIN_TIME)
        drained = () => {
          clearTimeout(timer)
          resolve()
        }
        post(['drain'])
        flush()
      })
    },
    async terminate() {
      end(toErrorInfo('E_USER_CODE_ENDED', new Error('the thread was ended')))
      await worker.terminate()
    },
  }
}

function createLoading() {
  let succeed = (_definitions: readonly DefinitionInfo[]): void => {}
  let fail = (_error: ErrorInfo): void => {}
  const promise = new Promise<readonly DefinitionInfo[]>((resolve, reject) => {
    succeed = resolve
    fail = (error) => reject(fromErrorInfo(error))
  })
  promise.catch(() => {})
  return { promise, succeed, fail }
}

function toChunk([, stream, text, source]: Extract<FromThread, readonly ['console', ...unknown[]]>): ConsoleChunk {
  return source === undefined ? { stream, text } : { stream, text, source }
}

/** What is written to a worker's own streams: by Node itself, when it cannot run the thread's code. */
export function forwardConsole(worker: Worker, onConsole: (chunk: ConsoleChunk) => void): void {
  worker.stdout.setEncoding('utf8').on('data', (text: string) => onConsole({ stream: 'stdout', text }))
  worker.stderr.setEncoding('utf8').on('data', (text: string) => onConsole({ stream: 'stderr', text }))
}

export function describeDeath(thrown: unknown): ErrorInfo {
  const info = toErrorInfo('E_USER_CODE_ENDED', thrown)
  const isMemory =
    typeof thrown === 'object' && thrown !== null && Reflect.get(thrown, 'code') === 'ERR_WORKER_OUT_OF_MEMORY'
  const message = isMemory ? 'user code ran out of memory' : `an error that user code did not catch: ${info.message}`
  const hint = isMemory
    ? 'give it more: NODE_OPTIONS=--max-old-space-size=8192'
    : 'await every promise, and catch errors in callbacks and timers'
  return { ...info, code: 'E_USER_CODE_ENDED', message, hint }
}

export function describeExit(code: number): ErrorInfo {
  const message = `user code ended its thread (exit code ${code})`
  return toErrorInfo('E_USER_CODE_ENDED', new LlmobsExpError('E_USER_CODE_ENDED', message))
}
