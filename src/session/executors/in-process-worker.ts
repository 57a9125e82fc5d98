import { EventEmitter } from 'node:events'
import { PassThrough } from 'node:stream'
import type { Host } from './host.ts'
import type { ThreadData, ToThread } from './protocol.ts'
import type { UserWorker } from './thread.ts'
import type { Workers } from './workers.ts'

/** In place of a thread, for `--threads 0`: the same messages, without a thread between. It cannot be ended, only be left alone. */
export function createInProcessWorker({ enter }: Pick<Workers, 'enter'>): UserWorker {
  const events = new EventEmitter()
  let host: Host | undefined
  let isLeft = false
  let kept: (readonly ToThread[])[] = []

  const tell = (event: string, value: unknown): void => {
    if (!isLeft) events.emit(event, value)
  }
  const begin = async (data: ThreadData): Promise<void> => {
    const { enterProcess } = await enter()
    const entered = enterProcess(data, {
      send: (messages) => tell('message', messages),
      exited: () => tell('exit', 0),
      failed: (error) => tell('error', error),
    })
    host = entered
    for (const messages of kept) entered.receive(messages)
    kept = []
  }
  return {
    on: (event, listener) => events.on(event, listener),
    postMessage(message) {
      if ('url' in message) void begin(message)
      // Not at once: whoever posts goes on as if there were a thread.
      else if (host !== undefined) setImmediate(() => host?.receive(message))
      else kept.push(message)
    },
    stdout: new PassThrough(),
    stderr: new PassThrough(),
    performance: { eventLoopUtilization: () => ({ active: 0, idle: 0 }) },
    async terminate() {
      isLeft = true
    },
  }
}
