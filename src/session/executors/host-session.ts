import type { AnyDefinition } from '../../model/definition.ts'
import { LlmobsExpError } from '../../model/errors.ts'
import { deepFreeze, parseJson } from '../../model/json.ts'
import type { HostOptions, Post } from './host.ts'
import { createHostCalls, type HostCalls } from './host-calls.ts'
import { checkRecords, createRecordSender } from './host-records.ts'
import { createSummaries } from './host-summaries.ts'
import { createUnits } from './host-units.ts'
import type { OpenExperiment, ToThread } from './protocol.ts'

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

/** Everything that belongs to one open experiment: with the next one it is gone. */
export interface HostSession {
  handle(message: ToThread): void
  /** Begins the evaluators of tasks whose outputs have been sent. */
  followUp(): void
  /** Lets go of its dataset. */
  close(): void
}

export interface SessionOptions extends Omit<HostOptions, 'send'> {
  readonly post: Post
}

export function openSession(opened: OpenExperiment, options: SessionOptions): HostSession {
  const { post, baseFolder } = options
  const { origin } = opened
  const experiment = findExperiment(opened, options)
  const calls = traced(createHostCalls(post, options.progress), options)
  const units = createUnits({ calls, experiment, post })
  const { dataset } = experiment.definition
  const place = { dataset, baseFolder, ...(origin === undefined ? {} : { origin }) }
  const records = createRecordSender({ post, ...place })
  const summaries = createSummaries({ calls, experiment })
  return {
    handle(message) {
      switch (message[0]) {
        case 'check':
          return checkRecords({ post, ...place })
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
      }
    },
    followUp: () => units.followUp(),
    close: () => records.close(),
  }
}

function traced(calls: HostCalls, { trace }: SessionOptions): HostCalls {
  if (trace === undefined) return calls
  return { ...calls, enter: (running, action) => trace.enter(running.subject, () => calls.enter(running, action)) }
}

function findExperiment({ ref, experimentId, config }: OpenExperiment, { find }: SessionOptions): HostExperiment {
  const definition = find(ref)
  if (definition === undefined)
    throw new LlmobsExpError('E_MODULE_LOAD', `the module no longer exports ${ref.exportName}`)
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
