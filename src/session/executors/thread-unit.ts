import type { EvaluatorResult, TaskResult } from '../../model/events.ts'
import type { CallEnd, ExecutorUnit, FollowUp, PendingCall } from '../../model/executor.ts'
import type { Json } from '../../model/json.ts'
import type { ConsoleSource } from '../../model/ports.ts'
import type { RecordText } from '../../model/row.ts'
import type { Lane } from './lane.ts'
import type { FollowUpText, UnitText } from './protocol.ts'
import type { Thread } from './thread.ts'
import type { Abandoned, Begin, CallOwner, ExpectedCall, ThreadCall, ThreadCalls } from './thread-calls.ts'

export interface UnitTools {
  /** In the order in which they follow a task. */
  readonly evaluators: readonly string[]
  /** Where a call is to be begun: `home`, unless that is busier than another. */
  pick(home?: Lane): Lane
  /** Told of each call of a task, once its message is posted. */
  taskPosted(lane: Lane): void
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
  /** Where it is, and which thread that was. */
  #home: Lane | undefined
  #openIn: Thread | undefined
  #chain: ThreadCall<readonly FollowUp[]> | undefined

  constructor(unit: number, { record, iteration, generation }: UnitSubject, tools: UnitTools) {
    this.#unit = unit
    this.#record = record
    this.#iteration = iteration
    this.#generation = generation
    this.#tools = tools
  }

  callTask(attempt: number, followUp: boolean): PendingCall<CallEnd<TaskResult>> {
    this.#leaveChain()
    return this.#tools.pick().calls.start((call, lane, isAgain) => {
      this.#leaveChain()
      this.#moveTo(lane)
      // A chain has ended with its thread; the engine calls the evaluators itself.
      if (followUp && !isAgain) this.#chain = lane.calls.expect<readonly FollowUp[]>(this)
      lane.post(['task', call, this.#chain?.call ?? 0, attempt, this.#text()])
      this.#tools.taskPosted(lane)
    }, this)
  }

  followUps(): PendingCall<readonly FollowUp[]> {
    return (
      this.#chain ?? { ended: Promise.resolve(NO_FOLLOW_UPS), startedAt: () => undefined, abort() {}, abandon() {} }
    )
  }

  callEvaluator(evaluator: string, output: Json): PendingCall<CallEnd<EvaluatorResult>> {
    const begin: Begin = (call, lane) => {
      if (!this.#moveTo(lane)) lane.post(['unit', this.#text(), output])
      lane.post(['evaluator', call, this.#unit, evaluator])
    }
    return this.#tools.pick(this.#home).calls.start(begin, this, evaluator)
  }

  close(): void {
    this.#leaveChain()
    this.#home?.close(this.#unit)
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

  /** Returns whether the thread has the unit already. */
  #moveTo(lane: Lane): boolean {
    const thread = lane.thread()
    const isThere = this.#openIn === thread
    if (this.#home !== lane) this.#home?.post(['close', [this.#unit]])
    this.#home = lane
    this.#openIn = thread
    return isThere
  }

  #leaveChain(): void {
    if (this.#chain !== undefined) this.#home?.calls.finish(this.#chain.call, [])
    this.#chain = undefined
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

interface ChainTools extends Pick<UnitTools, 'evaluators'> {
  readonly calls: ThreadCalls
}

/** What a thread has sent about the evaluators that followed a task. Those that it does not speak of were not begun. */
export function readFollowUps(chain: Chain, texts: readonly FollowUpText[], tools: ChainTools): readonly FollowUp[] {
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
