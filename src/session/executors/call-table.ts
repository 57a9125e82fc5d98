import type { AbandonReason, CallTimes } from '../../model/executor.ts'
import { monotonicNow } from './monotonic.ts'
import { callOf, PROGRESS_SLOTS, RUNNING_CALL, slotOf } from './protocol.ts'
import type { Abandoned, ExpectedCall, SuspectCall, TakenCall, ThreadCall, ThreadCallsOptions } from './thread-calls.ts'

const NO_CHANGES: readonly never[] = []

/** How a call came about. */
export type CallKind =
  | { readonly status: 'started'; readonly begin: (call: number) => void; readonly isRepeatable: boolean }
  | { readonly status: 'expected'; readonly expected: ExpectedCall<unknown> }
  | { readonly status: 'continued' }

export interface TableOptions extends ThreadCallsOptions {
  /** A call is out of the table. */
  ended(call: OpenCall): void
}

/** Calls by slot. A slot is where the thread writes how far a call is; it is free again when the call has come back. */
export class CallTable {
  readonly options: TableOptions
  readonly expired = new Set<number>()
  readonly #calls: (OpenCall | undefined)[] = []
  readonly #free: number[] = []

  constructor(options: TableOptions) {
    this.options = options
  }

  place(call: OpenCall, serial: number): void {
    const slot = this.#free.pop() ?? this.#calls.length
    call.call = callOf(serial, slot)
    this.#calls[slot] = call
    this.reset(slot)
  }

  /** Another call takes the number and the slot of one that has just been taken out. */
  replace(number: number, call: OpenCall): void {
    const slot = slotOf(number)
    this.#free.splice(this.#free.lastIndexOf(slot), 1)
    call.call = number
    this.#calls[slot] = call
  }

  reset(slot: number): void {
    if (slot < PROGRESS_SLOTS) this.options.progress()[2 * slot] = 0
  }

  /** Undefined while the thread has not begun it. A call beyond the slots counts from when it was posted. */
  startedAt({ call, postedAt }: OpenCall): number | undefined {
    const slot = slotOf(call)
    if (slot >= PROGRESS_SLOTS) return postedAt
    const time = this.options.progress()[2 * slot]
    return time === 0 ? undefined : time
  }

  step(call: number): number {
    return this.options.progress()[2 * slotOf(call) + 1] ?? 0
  }

  /** Takes a call out and frees its slot; undefined for a call that is not waited for any more. */
  take(call: number): OpenCall | undefined {
    const found = this.#remove(call)
    if (found !== undefined) this.#free.push(slotOf(call))
    return found
  }

  /** Takes a call out whose slot stays occupied until it comes back. False for one that has ended, whatever is in its slot now. */
  expire(call: OpenCall): boolean {
    if (this.#calls[slotOf(call.call)] !== call) return false
    this.#remove(call.call)
    this.expired.add(call.call)
    return true
  }

  comeBack(call: number): void {
    if (this.expired.delete(call)) this.#free.push(slotOf(call))
  }

  freeExpired(): void {
    for (const call of this.expired) this.comeBack(call)
  }

  /** The call that a silent thread is in: the one whose synchronous part is running, or the only one it has begun. */
  blocking(): OpenCall | undefined {
    const running = this.options.progress()[RUNNING_CALL] ?? 0
    const found = this.#calls[slotOf(running)]
    if (running !== 0 && found?.call === running) return found
    const begun = this.all().filter((call) => this.startedAt(call) !== undefined)
    return begun.length === 1 ? begun[0] : undefined
  }

  all(): OpenCall[] {
    return this.#calls.filter((call) => call !== undefined)
  }

  #remove(call: number): OpenCall | undefined {
    const slot = slotOf(call)
    const found = this.#calls[slot]
    if (found === undefined || found.call !== call) return undefined
    this.#calls[slot] = undefined
    this.options.ended(found)
    return found
  }
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
  #ending = OPEN
  readonly #table: CallTable
  readonly #kind: CallKind

  constructor(table: CallTable, kind: CallKind) {
    this.#table = table
    this.#kind = kind
  }

  /** Whether the engine has made it; one that the thread is to make itself waits for another that is counted. */
  get isMade(): boolean {
    return this.#kind.status !== 'expected'
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
    this.#table.reset(slotOf(this.call))
    this.postedAt = monotonicNow()
    this.#kind.begin(this.call)
  }

  /** Its thread is gone. Returns whether it is to be begun again. */
  loseThread(): boolean {
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
