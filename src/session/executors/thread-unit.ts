import type { EvaluatorResult, TaskResult } from '../../model/events.ts'
import type { CallEnd, ExecutorUnit, FollowUp, PendingCall } from '../../model/executor.ts'
import type { Json } from '../../model/json.ts'
import type { ConsoleSource } from '../../model/ports.ts'
import type { RecordText } from '../../model/row.ts'
import type { FollowUpText, ToThread, UnitText } from './protocol.ts'
import type { Abandoned, CallOwner, ExpectedCall, ThreadCall, ThreadCalls } from './thread-calls.ts'

export interface UnitTools {
  readonly calls: ThreadCalls
  /** In the order in which they follow a task. */
  readonly evaluators: readonly string[]
  post(message: ToThread): void
  /** Counts the threads that were replaced. */
  generation(): number
  /** Told of each call of a task, once its message is posted. */
  taskPosted(): void
  close(unit: number): void
}

interface UnitSubject {
  readonly record: RecordText
  readonly iteration: number
  readonly generation: number
}

const NOT_BEGUN: FollowUp = { status: 'not-begun' }
const NO_FOLLOW_UPS: readonly FollowUp[] = []

/** Sends the record along with the task, and the output only to a thread that did not make it. A class for its price. */
export class ThreadUnit implements ExecutorUnit, ExpectedCall<readonly FollowUp[]> {
  readonly lost = NO_FOLLOW_UPS
  readonly #unit: number
  readonly #record: RecordText
  readonly #iteration: number
  readonly #generation: number
  readonly #tools: UnitTools
  #openIn = -1
  #chain: ThreadCall<readonly FollowUp[]> | undefined

  constructor(unit: number, { record, iteration, generation }: UnitSubject, tools: UnitTools) {
    this.#unit = unit
    this.#record = record
    this.#iteration = iteration
    this.#generation = generation
    this.#tools = tools
  }

  callTask(attempt: number, followUp: boolean): PendingCall<CallEnd<TaskResult>> {
    const { calls, post, generation, taskPosted } = this.#tools
    this.#leaveChain()
    this.#chain = followUp ? calls.expect<readonly FollowUp[]>(this) : undefined
    const firstIn = generation()
    return calls.start((call) => {
      this.#openIn = generation()
      // The chain has ended with its thread; the engine calls the evaluators itself.
      const chain = this.#openIn === firstIn ? this.#chain?.call : undefined
      post(['task', call, chain ?? 0, attempt, this.#text()])
      taskPosted()
    }, this)
  }

  followUps(): PendingCall<readonly FollowUp[]> {
    return (
      this.#chain ?? { ended: Promise.resolve(NO_FOLLOW_UPS), startedAt: () => undefined, abort() {}, abandon() {} }
    )
  }

  callEvaluator(evaluator: string, output: Json): PendingCall<CallEnd<EvaluatorResult>> {
    const { calls, post, generation } = this.#tools
    const begin = (call: number): void => {
      const isKnown = this.#openIn === generation()
      this.#openIn = generation()
      if (!isKnown) post(['unit', this.#text(), output])
      post(['evaluator', call, this.#unit, evaluator])
    }
    return calls.start(begin, this, evaluator)
  }

  close(): void {
    this.#leaveChain()
    this.#tools.close(this.#unit)
  }

  /** The evaluator at which the thread was when its time was over is the one that used it up. */
  abandoned(end: Abandoned, step: number): readonly FollowUp[] {
    return this.#tools.evaluators.map((_, index) =>
      index === step && end.reason === 'timeout' ? { status: 'ended', end } : NOT_BEGUN,
    )
  }

  evaluatorAt(step: number): string {
    return this.#tools.evaluators[step] ?? ''
  }

  describe(evaluator: string | undefined): ConsoleSource {
    const what = evaluator === undefined ? 'the task' : `evaluator ${evaluator}`
    return { what, key: this.#record.key, iteration: this.#iteration }
  }

  #leaveChain(): void {
    if (this.#chain !== undefined) this.#tools.calls.finish(this.#chain.call, [])
  }

  #text(): UnitText {
    const { key, id, input, expectedOutput, metadata, tags } = this.#record
    const text = [this.#unit, this.#iteration, key, id, input, expectedOutput, metadata, tags] as const
    return this.#generation === 0 ? text : [...text, this.#generation]
  }
}

interface Chain {
  readonly call: number
  readonly owner: CallOwner
}

/** What a thread has sent about the evaluators that followed a task. Those that it does not speak of were not begun. */
export function readFollowUps(chain: Chain, texts: readonly FollowUpText[], tools: UnitTools): readonly FollowUp[] {
  const { calls, evaluators } = tools
  return texts.map((text, index): FollowUp => {
    switch (text[0]) {
      case 'value': {
        const [, startedAt, durationMs, value] = text
        const result = bareValue(evaluators[index] ?? '', value)
        return { status: 'ended', end: calls.returned({ result, startedAt, durationMs }) }
      }
      case 'result': {
        const [, startedAt, durationMs, result, changes] = text
        return { status: 'ended', end: calls.returned({ result, startedAt, durationMs, changes }) }
      }
      case 'pending':
        return { status: 'pending', call: calls.continue(chain.call, chain.owner, evaluators[index] ?? '') }
    }
  })
}

/** An evaluator's bare boolean or number. */
function bareValue(label: string, value: boolean | number): EvaluatorResult {
  return typeof value === 'boolean'
    ? { status: 'ok', evaluations: [{ label, type: 'boolean', value }] }
    : { status: 'ok', evaluations: [{ label, type: 'score', value }] }
}
