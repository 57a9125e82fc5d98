import { EventEmitter } from 'node:events'
import { join } from 'node:path'
import { nextTick } from 'node:process'
import { PassThrough } from 'node:stream'
// The global may be replaced by user code, which is in this very thread.
import { setImmediate } from 'node:timers'
import type { DiscoveredExperiment } from '../../load/discover.ts'
import { LlmobsExpError } from '../../model/errors.ts'
import type { ExperimentRef } from '../../model/ports.ts'
import { createHost, type Host } from './host.ts'
import type { ToThread } from './protocol.ts'
import type { UserWorker } from './thread.ts'
import { loadUserModule, type UserModule } from './user-module.ts'

export interface InProcessOptions {
  readonly found: readonly DiscoveredExperiment[]
  /** Folder that relative dataset paths start from. */
  readonly baseFolder: string
}

/**
 * Definitions whose code runs in the thread that calls this: what talks to threads talks to it, with the same messages. What a
 * thread of its own is good for is not to be had: code that blocks holds up everything, and cannot be replaced.
 */
export async function hostInProcess(options: InProcessOptions): Promise<UserModule> {
  let isTaken = false
  const module = await loadUserModule(
    { file: join(options.baseFolder, 'code'), url: '' },
    {
      workers: {
        take() {
          if (isTaken) throw new LlmobsExpError('E_USER_CODE_ENDED', 'code of this process cannot be replaced')
          isTaken = true
          return createHostedWorker(options)
        },
        processorTime: () => 0,
      },
      onConsole() {},
      onModule() {},
    },
  )
  // There is but this one thread.
  return { ...module, open: (experiment) => module.open({ ...experiment, threads: { atOnce: 1, atMost: 1 } }) }
}

/** In place of a thread, for definitions that are there already. Nothing of the process is its own: no console, no exit. */
function createHostedWorker({ found, baseFolder }: InProcessOptions): UserWorker {
  const events = new EventEmitter()
  let host: Host | undefined
  let isLeft = false
  const tell = (event: string, value: unknown): void => {
    if (!isLeft) events.emit(event, value)
  }
  const deliver = (messages: readonly ToThread[]): void => {
    try {
      if (!isLeft) host?.receive(messages)
    } catch (error) {
      tell('error', error)
    }
  }
  return {
    on: (event, listener) => events.on(event, listener),
    postMessage(message) {
      // In a turn of its own, as from another thread: whoever posts is not called back, and timers and streams get their turn.
      if (!('url' in message)) return void setImmediate(deliver, message)
      host = createHost({
        baseFolder,
        progress: message.progress,
        find: (ref) => found.find(({ info }) => isSame(info.ref, ref))?.definition,
        send: (messages) => nextTick(tell, 'message', messages),
      })
      nextTick(tell, 'message', [['loaded', found.map(({ info }) => info)]])
    },
    stdout: new PassThrough(),
    stderr: new PassThrough(),
    performance: { eventLoopUtilization: () => ({ active: 0, idle: 0 }) },
    terminate() {
      isLeft = true
      host?.close()
      return Promise.resolve()
    },
  }
}

function isSame(a: ExperimentRef, b: ExperimentRef): boolean {
  return a.exportName === b.exportName && a.variant === b.variant
}
