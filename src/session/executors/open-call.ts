import type { AbandonReason, CallTimes } from '../../model/executor.ts'
import type { ConsoleSource } from '../../model/ports.ts'
import type { CallTable } from './call-table.ts'
import { monotonicNow } from './monotonic.ts'
import type { Abandoned, Begin, CallOwner, ExpectedCall, SuspectCall, TakenCall, ThreadCall } from './thread-calls.ts'

const NO_CHANGES: readonly never[] = []

/** How a call came about. */
export type CallKind =
  | ({ readonly status: 'started'; readonly begin: Begin; readonly isRepeatable: boolean } & Owned)
  | { readonly status: 'expected'; readonly expected: ExpectedCall<unknown> }
  | ({ readonly status: 'continued' } & Owned)

interface Owned {
  readonly owner: CallOwner
  readonly evaluator: string | undefined
}

// biome-ignore lint/suspicious/noExplicitAny: whoever starts a call and the message that answers it agree on the type.
type AnyEnd = any

/** What is known of a call's end, and whether anybody has asked for it. */
type Ending =
  | { readonly status: 'open' }
  | {
      readonly status: 'awaited'
      readonly promise: Promise<AnyEnd>
      resolve(end: AnyEnd): void
      reject(error: Error): void
    }
  | { readonly status: 'ended'; readonly end: AnyEnd }
  | { readonly status: 'failed'; readonly error: Error }

const OPEN: Ending = { status: 'open' }

/** A class for its price: two of these for every row. */
export class OpenCall implements ThreadCall<AnyEnd>, SuspectCall, TakenCall {
  call = 0
  postedAt = 0
  /** Whether it was under way in a thread that is gone. */
  isLost = false
  #ending = OPEN
  #table: CallTable
  readonly #kind: CallKind

  constructor(table: CallTable, kind: CallKind) {
    this.#table = table
    this.#kind = kind
  }

  /** Whether the engine has made it; one that the thread is to make itself waits for another that is counted. */
  get isMade(): boolean {
    return this.#kind.status !== 'expected'
  }

  /** Whether another thread may make it. */
  get canMove(): boolean {
    return this.#kind.status === 'started' && this.#kind.isRepeatable
  }

  /** Made when it is first asked for: evaluators that follow their task have mostly ended by then. */
  get ended(): Promise<AnyEnd> {
    if (this.#ending.status === 'ended') return Promise.resolve(this.#ending.end)
    if (this.#ending.status === 'failed') return Promise.reject(this.#ending.error)
    if (this.#ending.status === 'open') this.#ending = awaitEnding()
    return this.#ending.promise
  }

  resolve(end: AnyEnd): void {
    if (this.#ending.status === 'awaited') this.#ending.resolve(end)
    else if (this.#ending.status === 'open') this.#ending = { status: 'ended', end }
  }

  startedAt(): number | undefined {
    return this.#table.startedAt(this)
  }

  get owner(): CallOwner {
    return this.#kind.status === 'expected' ? this.#kind.expected : this.#kind.owner
  }

  subject(): ConsoleSource {
    const kind = this.#kind
    return this.owner.describe(
      kind.status === 'expected' ? kind.expected.evaluatorAt(this.#table.step(this.call)) : kind.evaluator,
    )
  }

  abort(): void {
    this.#table.options.post(['abort', this.call])
  }

  abandon(reason: AbandonReason): void {
    if (reason === 'timeout') this.#table.options.suspect(this)
    else this.#abandon(reason)
  }

  expire(): void {
    this.#abandon('timeout')
  }

  #abandon(reason: AbandonReason): void {
    const end: Abandoned = { status: 'abandoned', reason, ...this.#times() }
    const step = this.#table.step(this.call)
    if (!this.#table.expire(this)) return
    this.#table.options.post(['abandon', this.call])
    this.resolve(this.#kind.status === 'expected' ? this.#kind.expected.abandoned(end, step) : end)
  }

  /** Posts the call; to another thread when its own was replaced. */
  begin(): void {
    if (this.#kind.status !== 'started') return
    this.#table.offer(this.call)
    this.postedAt = monotonicNow()
    this.#kind.begin(this.call, this.#table.options.lane(), this.isLost)
  }

  /** Is to be begun in another thread. */
  moveTo(table: CallTable): void {
    this.#table = table
    table.place(this)
  }

  /** Its thread is gone. Returns whether it is to be begun again. */
  loseThread(): boolean {
    this.isLost = true
    if (this.#kind.status === 'expected') this.#end(this.#kind.expected.lost)
    else if (this.#kind.status === 'continued' || !this.#kind.isRepeatable) this.#giveUp()
    else return true
    return false
  }

  /** An expected call may have nobody who waits for it; whoever does makes the call, and that one rejects. */
  fail(error: Error): void {
    if (this.#kind.status === 'expected') this.#end(this.#kind.expected.lost)
    else this.#reject(error)
  }

  #reject(error: Error): void {
    if (this.#ending.status === 'awaited') this.#ending.reject(error)
    else if (this.#ending.status === 'open') this.#ending = { status: 'failed', error }
  }

  #giveUp(): void {
    const result = { status: 'error', error: this.#table.options.restartError() }
    this.#end({ status: 'returned', result, changes: NO_CHANGES, ...this.#times() })
  }

  #end(end: AnyEnd): void {
    this.#table.take(this.call)?.resolve(end)
  }

  #times(): CallTimes {
    const now = monotonicNow()
    const started = this.startedAt() ?? now
    return { startedAt: this.#table.options.wallClock(started), durationMs: now - started }
  }
}

function awaitEnding(): Extract<Ending, { status: 'awaited' }> {
  let resolve: (end: AnyEnd) => void = ignore
  let reject: (error: Error) => void = ignore
  const promise = new Promise<AnyEnd>((resolvePromise, rejectPromise) => {
    resolve = resolvePromise
    reject = rejectPromise
  })
  return { status: 'awaited', promise, resolve, reject }
}

function ignore(): void {}
