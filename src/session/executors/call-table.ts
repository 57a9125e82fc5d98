import type { AbandonReason, CallTimes } from '../../model/executor.ts'
import { monotonicNow } from './monotonic.ts'
import { callOf, PROGRESS_SLOTS, slotOf } from './protocol.ts'
import type { Abandoned, SuspectCall, ThreadCall, ThreadCallsOptions } from './thread-calls.ts'

const NO_CHANGES: readonly never[] = []

/** How a call came about. */
export type CallKind =
  /** `begins` is how often it may be begun. */
  | { readonly status: 'started'; readonly begin: (call: number) => void; readonly begins: number }
  | { readonly status: 'expected'; readonly lost: unknown; abandoned(end: Abandoned, step: number): unknown }
  | { readonly status: 'continued' }

/** Calls by slot. A slot is where the thread writes how far a call is; it is free again when the call has come back. */
export class CallTable {
  readonly options: ThreadCallsOptions
  readonly expired = new Set<number>()
  open = 0
  readonly #calls: (OpenCall | undefined)[] = []
  readonly #free: number[] = []

  constructor(options: ThreadCallsOptions) {
    this.options = options
  }

  place(call: OpenCall, serial: number): void {
    const slot = this.#free.pop() ?? this.#calls.length
    call.call = callOf(serial, slot)
    this.#calls[slot] = call
    this.open++
    this.reset(slot)
  }

  /** Another call takes the number and the slot of one that has just been taken out. */
  replace(number: number, call: OpenCall): void {
    const slot = slotOf(number)
    this.#free.splice(this.#free.lastIndexOf(slot), 1)
    call.call = number
    this.#calls[slot] = call
    this.open++
  }

  reset(slot: number): void {
    if (slot < PROGRESS_SLOTS) this.options.progress()[2 * slot] = 0
  }

  startedAt(call: number): number | undefined {
    const time = this.options.progress()[2 * slotOf(call)]
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

  /** Takes a call out whose slot stays occupied until it comes back. */
  expire(call: number): boolean {
    if (this.#remove(call) === undefined) return false
    this.expired.add(call)
    return true
  }

  comeBack(call: number): void {
    if (this.expired.delete(call)) this.#free.push(slotOf(call))
  }

  freeExpired(): void {
    for (const call of this.expired) this.comeBack(call)
  }

  lastEntered(): OpenCall | undefined {
    const entered = this.all().filter(({ call }) => this.startedAt(call) !== undefined)
    return entered.sort((a, b) => (this.startedAt(b.call) ?? 0) - (this.startedAt(a.call) ?? 0))[0]
  }

  all(): OpenCall[] {
    return this.#calls.filter((call) => call !== undefined)
  }

  #remove(call: number): OpenCall | undefined {
    const slot = slotOf(call)
    const found = this.#calls[slot]
    if (found === undefined || found.call !== call) return undefined
    this.#calls[slot] = undefined
    this.open--
    return found
  }
}

// biome-ignore lint/suspicious/noExplicitAny: whoever starts a call and the message that answers it agree on the type.
type AnyEnd = any

/** A class for its price: two of these for every row. */
export class OpenCall implements ThreadCall<AnyEnd>, SuspectCall {
  call = 0
  resolve: (end: AnyEnd) => void = ignore
  #reject: (error: Error) => void = ignore
  readonly ended: Promise<AnyEnd>
  readonly #table: CallTable
  readonly #kind: CallKind
  #begins = 1

  constructor(table: CallTable, kind: CallKind) {
    this.#table = table
    this.#kind = kind
    this.ended = new Promise((resolve, reject) => {
      this.resolve = resolve
      this.#reject = reject
    })
  }

  startedAt(): number | undefined {
    return this.#table.startedAt(this.call)
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
    if (!this.#table.expire(this.call)) return
    this.#table.options.post(['abandon', this.call])
    this.resolve(this.#kind.status === 'expected' ? this.#kind.abandoned(end, step) : end)
  }

  restart(): void {
    if (this.#kind.status === 'expected') this.#end(this.#kind.lost)
    else if (this.#kind.status === 'continued' || ++this.#begins > this.#kind.begins) this.#giveUp()
    else {
      this.#table.reset(slotOf(this.call))
      this.#kind.begin(this.call)
    }
  }

  /** An expected call may have nobody who waits for it; whoever does makes the call, and that one rejects. */
  fail(error: Error): void {
    if (this.#kind.status === 'expected') this.#end(this.#kind.lost)
    else this.#reject(error)
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

function ignore(): void {}
