import { nextTick } from 'node:process'
import type { Readable } from 'node:stream'
import { fromErrorInfo, toErrorInfo } from '../../model/error-info.ts'
import { type ErrorInfo, LlmobsExpError } from '../../model/errors.ts'
import type { ConsoleChunk, DefinitionInfo } from '../../model/ports.ts'
import { createProgressMemory, openProgress, type Progress } from './progress.ts'
import type { FromThread, RecordAnswer, ThreadData, ToThread } from './protocol.ts'
import { createWakefulness } from './stay-awake.ts'

/** One thread with the user's module in it. */
export interface Thread {
  /** What the module defines; rejects when it does not load. */
  readonly loaded: Promise<readonly DefinitionInfo[]>
  /** How far calls are. */
  readonly progress: Progress
  /** Since it was started; can be told while it is blocked. */
  usage(): LoopUsage
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
  /** Everything it has sent together has been told. */
  received(): void
  ended(error: ErrorInfo, cause: DeathCause): void
}

/** Why a thread has ended: its memory was used up, or anything else. */
export type DeathCause = 'memory' | 'user-code'

/** How long a thread's loop has been busy and idle, in milliseconds. */
export interface LoopUsage {
  readonly active: number
  readonly idle: number
}

/** As much of a worker as a thread with user code needs. */
export interface UserWorker {
  // biome-ignore lint/suspicious/noExplicitAny: each event has arguments of its own.
  on(event: 'message' | 'error' | 'exit', listener: (value: any) => void): unknown
  postMessage(message: ThreadData | readonly ToThread[]): void
  readonly stdout: Readable
  readonly stderr: Readable
  readonly performance: { eventLoopUtilization(): LoopUsage }
  terminate(): Promise<unknown>
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
  /** Whether another thread has loaded the module: what it prints meanwhile has been printed. */
  readonly isAgain: boolean
  /** What the thread reads beside the experiment that is open. */
  readonly onDataset: (reader: number, answer: RecordAnswer) => void
  readonly onEnded: (error: ErrorInfo) => void
}

/** Milliseconds that a thread is given to hand over its console output. */
const DRAIN_TIME = 2_000

/** Loads a module in a worker that waits for one. */
export function startThread(worker: UserWorker, compiled: CompiledFile, options: StartOptions): Thread {
  const { tracesConsole = false, isAgain, onDataset, onEnded } = options
  const shared = createProgressMemory()
  const data: ThreadData = { url: compiled.url, file: compiled.file, progress: shared, tracesConsole }
  let isHeard = !isAgain
  const onConsole = (chunk: ConsoleChunk): void => {
    if (isHeard) options.onConsole(chunk)
  }
  forwardConsole(worker, onConsole)
  worker.postMessage(data)

  let outbox: ToThread[] = []
  let listener: ThreadListener | undefined
  let death: { readonly error: ErrorInfo; readonly cause: DeathCause } | undefined
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
    else if (message[0] === 'loaded') {
      isHeard = true
      loading.succeed(message[1])
    } else if (message[0] === 'drained') drained()
    else if (message[0] === 'load-failed') loading.fail(message[1])
    else if (message[0] === 'console') onConsole(toChunk(message))
    else if (message[0] === 'dataset') onDataset(message[1], message[2])
    else listener?.message(message)
  }
  const end = (error: ErrorInfo, cause: DeathCause = 'user-code'): void => {
    if (death !== undefined) return
    death = { error, cause }
    loading.fail({ ...error, code: 'E_MODULE_EXIT' })
    listener?.ended(error, cause)
    onEnded(error)
  }
  const stayAwake = createWakefulness()
  worker.on('message', (messages: readonly FromThread[]) => {
    stayAwake()
    for (const message of messages) receive(message)
    listener?.received()
  })
  worker.on('error', (error) => end(describeDeath(error), isOutOfMemory(error) ? 'memory' : 'user-code'))
  worker.on('exit', (code) => end(lastWords ?? describeExit(code)))

  return {
    loaded: loading.promise,
    progress: openProgress(shared),
    usage: () => worker.performance.eventLoopUtilization(),
    post,
    flush,
    listen(newListener) {
      listener = newListener
      if (death !== undefined) listener.ended(death.error, death.cause)
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
export function forwardConsole(
  worker: Pick<UserWorker, 'stdout' | 'stderr'>,
  onConsole: (chunk: ConsoleChunk) => void,
): void {
  worker.stdout.setEncoding('utf8').on('data', (text: string) => onConsole({ stream: 'stdout', text }))
  worker.stderr.setEncoding('utf8').on('data', (text: string) => onConsole({ stream: 'stderr', text }))
}

function isOutOfMemory(thrown: unknown): boolean {
  return typeof thrown === 'object' && thrown !== null && Reflect.get(thrown, 'code') === 'ERR_WORKER_OUT_OF_MEMORY'
}

export function describeDeath(thrown: unknown): ErrorInfo {
  const info = toErrorInfo('E_USER_CODE_ENDED', thrown)
  const isMemory = isOutOfMemory(thrown)
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
