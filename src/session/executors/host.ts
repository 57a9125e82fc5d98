import { nextTick } from 'node:process'
// The global may be replaced by user code: test libraries do.
import { setImmediate } from 'node:timers'
import type { AnyDefinition } from '../../model/definition.ts'
import type { ExperimentRef } from '../../model/ports.ts'
import type { ConsoleTrace } from './console-trace.ts'
import { createDatasets } from './host-datasets.ts'
import { type HostSession, openSession } from './host-session.ts'
import { type FromThread, type OpenExperiment, PORTION, type ToThread } from './protocol.ts'
import { inTurns } from './turns.ts'

/** An output of so many characters does not wait for others. */
const LARGE_OUTPUT = 32 * 1024

export interface HostOptions {
  /** Folder that relative dataset paths start from. */
  readonly baseFolder: string
  readonly progress: SharedArrayBuffer
  find(ref: ExperimentRef): AnyDefinition | undefined
  /** Told of each call that is entered. */
  readonly trace?: ConsoleTrace | undefined
  send(messages: readonly FromThread[]): void
}

export type Post = (message: FromThread) => void

/** Lives beside the user's code and calls it as the main thread says. */
export interface Host {
  receive(messages: readonly ToThread[]): void
  /** Sends what has gathered, at once. */
  flush(): void
  /** Lets go of datasets that are being read. Without it they go with the thread. */
  close(): void
}

export function createHost(options: HostOptions): Host {
  let outbox: FromThread[] = []
  let session: HostSession | undefined

  const send = (): void => {
    if (outbox.length === 0) return
    const messages = outbox
    outbox = []
    options.send(messages)
  }
  const flush = (): void => {
    send()
    // Outputs are on their way before their evaluators begin, so that no evaluator can lose one.
    session?.followUp()
    send()
  }
  // Once a round of the event loop, so that results that come together travel together; but not so many that nobody else works.
  const post: Post = (message) => {
    const waiting = outbox.push(message)
    if (waiting === 1) setImmediate(flush)
    const isLarge = message[0] === 'output' && message[4].length > LARGE_OUTPUT
    if (waiting >= PORTION || isLarge) send()
  }
  // What an experiment that was open before still brings is nobody's any more.
  const open = (experiment: OpenExperiment): void => {
    const opened: HostSession = openSession(experiment, {
      ...options,
      post: (message) => {
        if (session === opened) post(message)
      },
    })
    session = opened
    post(['opened'])
    // Alone: a first call that blocks would keep it back, and nobody would know that others wait behind it.
    send()
  }

  const datasets = createDatasets(post, options)
  const handle = (message: ToThread): void => {
    if (message[0] === 'open') open(message[1])
    else if (message[0] === 'dataset') datasets.handle(message)
    else if (message[0] === 'ping') post(['pong', message[1]])
    else if (message[0] === 'drain') post(['drained'])
    else session?.handle(message)
  }
  const take = inTurns({ handle, ended: flush })
  return {
    receive(messages) {
      take(messages)
      // Most of what returns at once has returned by then.
      nextTick(flush)
    },
    flush: send,
    close() {
      session?.close()
      datasets.close()
    },
  }
}
