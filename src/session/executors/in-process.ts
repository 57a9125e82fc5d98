import { nextTick } from 'node:process'
// The global may be replaced by user code, which is in this very thread.
import { setImmediate } from 'node:timers'
import type { DiscoveredExperiment } from '../../load/discover.ts'
import { toErrorInfo } from '../../model/error-info.ts'
import { type ErrorInfo, LlmobsExpError } from '../../model/errors.ts'
import type { ExperimentRef } from '../../model/ports.ts'
import { createDatasetReaders, type DatasetReaders } from './dataset-readers.ts'
import { createHost } from './host.ts'
import { createProgressMemory, openProgress } from './progress.ts'
import type { FromThread, ToThread } from './protocol.ts'
import { describeDeath, type Thread, type ThreadListener } from './thread.ts'
import { createThreadExecutor, type OpenCrew } from './thread-executor.ts'
import type { UserModule } from './user-module.ts'

export interface InProcessOptions {
  readonly found: readonly DiscoveredExperiment[]
  /** Folder that relative dataset paths start from. */
  readonly baseFolder: string
}

/**
 * Definitions whose code runs in the thread that calls this: what talks to threads talks to it, with the same messages. What a
 * thread of its own is good for is not to be had: code that blocks holds up everything, and cannot be replaced.
 */
export function hostInProcess(options: InProcessOptions): UserModule {
  const datasets = createDatasetReaders((message) => thread.post(message))
  const thread = startInProcess(options, datasets)
  const replace = (): Promise<never> => Promise.reject(ended('code of this process cannot be replaced'))
  const crew: OpenCrew = {
    first: { current: () => thread, replace },
    further: () => 0,
    slot: () => Promise.reject(ended('code of this process has no other thread')),
    processorTime: () => 0,
    isOpen: () => true,
  }
  return {
    definitions: options.found.map(({ info }) => info),
    open: ({ threads: _none, ...experiment }) => createThreadExecutor(experiment, crew),
    records: datasets.read,
    drain: () => thread.drain(),
    close: () => thread.terminate(),
  }
}

function startInProcess({ found, baseFolder }: InProcessOptions, datasets: DatasetReaders): Thread {
  const shared = createProgressMemory()
  let outbox: ToThread[] = []
  let listener: ThreadListener | undefined
  let death: ErrorInfo | undefined

  const receive = (messages: readonly FromThread[]): void => {
    for (const message of messages) {
      if (death !== undefined) return
      if (message[0] === 'dataset') datasets.receive(message[1], message[2])
      else listener?.message(message)
    }
    listener?.received()
  }
  const host = createHost({
    baseFolder,
    progress: shared,
    find: (ref) => found.find(({ info }) => isSame(info.ref, ref))?.definition,
    send: (messages) => nextTick(receive, messages),
  })
  const end = (error: ErrorInfo): void => {
    if (death !== undefined) return
    death = error
    host.close()
    listener?.ended(error, 'user-code')
    datasets.fail(error)
  }
  // In a turn of its own, as from another thread: whoever posts is not called back, and timers and streams get their turn.
  const deliver = (messages: readonly ToThread[]): void => {
    if (death !== undefined) return
    try {
      host.receive(messages)
    } catch (error) {
      end(describeDeath(error))
    }
  }
  const flush = (): void => {
    if (outbox.length === 0) return
    const messages = outbox
    outbox = []
    setImmediate(deliver, messages)
    listener?.flushed()
  }
  return {
    loaded: Promise.resolve(found.map(({ info }) => info)),
    progress: openProgress(shared),
    // Its loop is that of the main thread.
    usage: () => ({ active: 0, idle: 0 }),
    post(message) {
      if (outbox.push(message) === 1) nextTick(flush)
    },
    flush,
    listen(newListener) {
      listener = newListener
      if (death !== undefined) listener.ended(death, 'user-code')
    },
    // What is written to the console in this process is where it belongs.
    drain: () => Promise.resolve(),
    terminate() {
      end(toErrorInfo('E_USER_CODE_ENDED', ended('the experiment has ended')))
      return Promise.resolve()
    },
  }
}

function isSame(a: ExperimentRef, b: ExperimentRef): boolean {
  return a.exportName === b.exportName && a.variant === b.variant
}

function ended(message: string): LlmobsExpError {
  return new LlmobsExpError('E_USER_CODE_ENDED', message)
}
