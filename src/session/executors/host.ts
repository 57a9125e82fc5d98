import { nextTick } from 'node:process'
import type { AnyDefinition } from '../../model/definition.ts'
import { toErrorInfo } from '../../model/error-info.ts'
import { LlmobsExpError } from '../../model/errors.ts'
import { deepFreeze, parseJson } from '../../model/json.ts'
import type { ExperimentRef } from '../../model/ports.ts'
import { createHostCalls } from './host-calls.ts'
import { createRecordSender } from './host-records.ts'
import { createSummaries } from './host-summaries.ts'
import { createUnits } from './host-units.ts'
import { type FromThread, type OpenExperiment, PORTION, type ToThread } from './protocol.ts'

/** An output of so many characters does not wait for others. */
const LARGE_OUTPUT = 32 * 1024

/** An experiment that is open in this thread. */
export interface HostExperiment {
  readonly experimentId: string
  readonly definition: AnyDefinition
  readonly evaluatorNames: readonly string[]
  /** Frozen. */
  readonly config: unknown
  /** Calls one of its evaluators. */
  evaluate(evaluator: string, context: unknown): unknown
}

export interface HostOptions {
  /** Folder that relative dataset paths start from. */
  readonly baseFolder: string
  readonly progress: SharedArrayBuffer
  find(ref: ExperimentRef): AnyDefinition | undefined
  send(messages: readonly FromThread[]): void
}

export type Post = (message: FromThread) => void

/** Lives beside the user's code and calls it as the main thread says. */
export interface Host {
  receive(messages: readonly ToThread[]): void
  /** Sends what has gathered, at once. */
  flush(): void
}

export function createHost(options: HostOptions): Host {
  let outbox: FromThread[] = []
  let experiment: HostExperiment | undefined

  const send = (): void => {
    if (outbox.length === 0) return
    const messages = outbox
    outbox = []
    options.send(messages)
  }
  const flush = (): void => {
    send()
    // Outputs are on their way before their evaluators begin, so that no evaluator can lose one.
    units.followUp()
    send()
  }
  // Once a round of the event loop, so that results that come together travel together; but not so many that nobody else works.
  const post: Post = (message) => {
    const waiting = outbox.push(message)
    if (waiting === 1) setImmediate(flush)
    const isLarge = message[0] === 'output' && message[4].length > LARGE_OUTPUT
    if (waiting >= PORTION || isLarge) send()
  }
  const current = (): HostExperiment => {
    if (experiment === undefined) throw new LlmobsExpError('E_INTERNAL', 'no experiment is open in this thread')
    return experiment
  }
  const calls = createHostCalls(post, new Float64Array(options.progress))
  const units = createUnits({ calls, post, experiment: current })
  const records = createRecordSender({ post, experiment: current, baseFolder: options.baseFolder })
  const summaries = createSummaries({ calls, experiment: current })

  const handle = (message: ToThread): void => {
    switch (message[0]) {
      case 'open':
        experiment = openExperiment(message[1], options)
        return
      case 'check':
        return records.check()
      case 'read':
        return records.read(message[1], message[2])
      case 'read-more':
        return records.readMore()
      case 'unit':
        return units.open(message)
      case 'task':
        return units.callTask(message)
      case 'evaluator':
        return units.callEvaluator(message)
      case 'close':
        return units.close(message[1])
      case 'summary-rows':
        return summaries.addRows(message[1], message[2])
      case 'summary':
        return summaries.call(message)
      case 'close-summary':
        return summaries.close(message[1])
      case 'abort':
        return calls.abort(message[1])
      case 'abandon':
        return calls.abandon(message[1])
      case 'ping':
        return post(['pong', message[1]])
    }
  }

  return {
    receive(messages) {
      for (const message of messages) handle(message)
      // Most of what returns at once has returned by then.
      nextTick(flush)
    },
    flush: send,
  }
}

function openExperiment({ ref, experimentId, config }: OpenExperiment, options: HostOptions): HostExperiment {
  const definition = options.find(ref)
  if (definition === undefined) {
    const error = new LlmobsExpError('E_MODULE_LOAD', `the module no longer exports ${ref.exportName}`)
    options.send([['load-failed', toErrorInfo('E_MODULE_LOAD', error)]])
    throw error
  }
  const frozenConfig: unknown = parseJson(config)
  deepFreeze(frozenConfig)
  return {
    experimentId,
    definition,
    evaluatorNames: Object.keys(definition.evaluators),
    config: frozenConfig,
    evaluate: createEvaluate(definition),
  }
}

function createEvaluate({ evaluators }: AnyDefinition): HostExperiment['evaluate'] {
  const functions = new Map(
    Array.from(Object.entries(evaluators), ([name, evaluator]) => [
      name,
      typeof evaluator === 'function' ? evaluator : (context: unknown) => evaluator.evaluate(context),
    ]),
  )
  return (evaluator, context) => {
    const evaluate = functions.get(evaluator)
    if (evaluate === undefined) throw new LlmobsExpError('E_INTERNAL', `the definition has no evaluator ${evaluator}`)
    return evaluate(context)
  }
}
