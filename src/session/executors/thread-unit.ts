import { LlmobsExpError } from '../../model/errors.ts'
import type { EvaluatorResult, TaskResult } from '../../model/events.ts'
import type { Json } from '../../model/json.ts'
import type { CallEnd, ExecutorUnit, FollowUpEnd, PendingCall } from '../../model/ports.ts'
import type { RecordText } from '../../model/row.ts'
import type { ToThread } from './protocol.ts'
import type { ThreadCall, ThreadCalls } from './thread-calls.ts'

export interface UnitTools {
  readonly calls: ThreadCalls
  /** In the order in which they follow a task. */
  readonly evaluators: readonly string[]
  post(message: ToThread): void
  /** Counts the threads that were replaced. */
  generation(): number
  countTask(): void
}

export interface OpenedUnit {
  readonly unit: number
  readonly record: RecordText
  readonly iteration: number
}

export function createThreadUnit(opened: OpenedUnit, tools: UnitTools): ExecutorUnit {
  return new ThreadUnit(opened, tools)
}

/** Sends the record along with the first call to a thread, and the output only to a thread that did not make it. */
class ThreadUnit implements ExecutorUnit {
  readonly #opened: OpenedUnit
  readonly #tools: UnitTools
  #openIn = -1
  #outputIn = -1
  #followUps: readonly ThreadCall<FollowUpEnd<EvaluatorResult>>[] = []

  constructor(opened: OpenedUnit, tools: UnitTools) {
    this.#opened = opened
    this.#tools = tools
  }

  callTask(attempt: number, followUp: boolean): PendingCall<CallEnd<TaskResult>> {
    const { calls, post, evaluators, countTask } = this.#tools
    countTask()
    this.#followUps = followUp ? evaluators.map(() => calls.expect<EvaluatorResult>()) : []
    return calls.start((call) => {
      this.#open()
      this.#outputIn = this.#tools.generation()
      post(['task', call, this.#opened.unit, attempt, this.#followUps.map((expected) => expected.call)])
    })
  }

  followUp(evaluator: string): PendingCall<FollowUpEnd<EvaluatorResult>> {
    const expected = this.#followUps[this.#tools.evaluators.indexOf(evaluator)]
    if (expected === undefined) throw new LlmobsExpError('E_INTERNAL', `evaluator ${evaluator} does not follow its task`)
    return expected
  }

  callEvaluator(evaluator: string, output: Json): PendingCall<CallEnd<EvaluatorResult>> {
    return this.#tools.calls.start((call) => {
      this.#open()
      const hasOutput = this.#outputIn === this.#tools.generation()
      this.#outputIn = this.#tools.generation()
      this.#tools.post(['evaluator', call, this.#opened.unit, evaluator, hasOutput ? undefined : output])
    })
  }

  close(): void {
    for (const { call } of this.#followUps) this.#tools.calls.leave(call)
    this.#tools.post(['close', this.#opened.unit])
  }

  #open(): void {
    const generation = this.#tools.generation()
    if (this.#openIn === generation) return
    this.#openIn = generation
    const { unit, iteration, record } = this.#opened
    const { key, id, input, expectedOutput, metadata, tags } = record
    this.#tools.post(['unit', unit, iteration, key, id, input, expectedOutput, metadata, tags])
  }
}
