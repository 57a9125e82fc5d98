import type { ErrorInfo } from '../../model/errors.ts'
import type { JsonChange } from '../../model/json.ts'
import type { AbandonReason, CallEnd, CallTimes, FollowUpEnd, PendingCall } from '../../model/ports.ts'
import { monotonicNow } from './monotonic.ts'
import { callOf, slotOf, START_TIME_SLOTS, type ToThread } from './protocol.ts'

/** The main thread's side of the calls that are under way in one thread. */
export interface ThreadCalls {
  /** `begin` posts the call's messages; again when the thread is replaced. */
  start<T>(begin: (call: number) => void): ThreadCall<CallEnd<T>>
  /** A call that the thread begins by itself. */
  expect<T>(): ThreadCall<FollowUpEnd<T>>
  finish(call: number, returned: Returned): void
  /** The thread has left an expected call to the engine. */
  leave(call: number): void
  /** The late result of an abandoned call has come. */
  comeBack(call: number): void
  inFlight(): number
  /** Calls that were abandoned and have not come back. */
  expired(): number
  /** Begins all of them anew, each twice at the most; expected calls are left to the engine. */
  restart(): void
  rejectAll(error: Error): void
}

export interface ThreadCall<E> extends PendingCall<E> {
  readonly call: number
}

export interface Returned {
  readonly result: unknown
  readonly startedAt: number
  readonly durationMs: number
  readonly changes: readonly JsonChange[]
}

export interface ThreadCallsOptions {
  post(message: ToThread): void
  startTimes(): Float64Array
  /** Wall clock for a monotonic time, epoch milliseconds. */
  wallClock(monotonic: number): number
  onTimeout(): void
  /** For a call that was under way in two threads that had to be replaced. */
  restartError(): ErrorInfo
}

export function createThreadCalls(options: ThreadCallsOptions): ThreadCalls {
  const slots = new SlotTable(options)
  let serial = 0
  let failure: Error | undefined

  const add = (begin: Begin | undefined): OpenCall => {
    const call = new OpenCall(slots, begin)
    slots.place(call, ++serial)
    if (failure === undefined) begin?.(call.call)
    else call.fail(failure)
    return call
  }

  return {
    start: (begin) => add(begin),
    expect: () => add(undefined),
    finish(call, { result, startedAt, durationMs, changes }) {
      const wallStart = options.wallClock(startedAt)
      slots.take(call)?.resolve({ status: 'returned', result, changes, startedAt: wallStart, durationMs })
    },
    leave: (call) => slots.take(call)?.resolve({ status: 'not-begun' }),
    comeBack: (call) => slots.comeBack(call),
    inFlight: () => slots.open,
    expired: () => slots.expired.size,
    restart() {
      slots.freeExpired()
      for (const call of slots.all()) call.restart()
    },
    rejectAll(error) {
      failure = error
      for (const call of slots.all()) call.fail(error)
    },
  }
}

type Begin = (call: number) => void

/** Calls by slot. A slot is where the thread writes a call's start time; it is free again when the call has come back. */
class SlotTable {
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
    if (slot < START_TIME_SLOTS) this.options.startTimes()[slot] = 0
    this.#calls[slot] = call
    this.open++
    call.call = callOf(serial, slot)
  }

  startedAt(call: number): number | undefined {
    const slot = slotOf(call)
    if (slot >= START_TIME_SLOTS) return undefined
    const time = this.options.startTimes()[slot]
    return time === 0 ? undefined : time
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

/** A class for its price: three of these for every row. */
class OpenCall implements ThreadCall<never> {
  call = 0
  readonly ended: Promise<never>
  // biome-ignore lint/suspicious/noExplicitAny: whoever starts a call and the message that answers it agree on the type.
  readonly resolve: (end: any) => void
  readonly reject: (error: Error) => void
  readonly #slots: SlotTable
  readonly #begin: Begin | undefined
  #restarts = 0

  constructor(slots: SlotTable, begin: Begin | undefined) {
    const { promise, resolve, reject } = createDeferred()
    this.ended = promise
    this.resolve = resolve
    this.reject = reject
    this.#slots = slots
    this.#begin = begin
  }

  startedAt(): number | undefined {
    return this.#slots.startedAt(this.call)
  }

  abort(): void {
    this.#slots.options.post(['abort', this.call])
  }

  abandon(reason: AbandonReason): void {
    const times = this.#times()
    if (!this.#slots.expire(this.call)) return
    this.#slots.options.post(['abandon', this.call])
    this.resolve({ status: 'abandoned', reason, ...times })
    if (reason === 'timeout') this.#slots.options.onTimeout()
  }

  restart(): void {
    const { options } = this.#slots
    if (this.#begin === undefined) this.#slots.take(this.call)?.resolve({ status: 'not-begun' })
    else if (this.#restarts++ > 0) this.#giveUp()
    else {
      const slot = slotOf(this.call)
      if (slot < START_TIME_SLOTS) options.startTimes()[slot] = 0
      this.#begin(this.call)
    }
  }

  /** An expected call may have nobody who waits for it; whoever does makes the call, and that one rejects. */
  fail(error: Error): void {
    if (this.#begin === undefined) this.#slots.take(this.call)?.resolve({ status: 'not-begun' })
    else this.reject(error)
  }

  #giveUp(): void {
    const times = this.#times()
    const result = { status: 'error', error: this.#slots.options.restartError() }
    this.#slots.take(this.call)?.resolve({ status: 'returned', result, changes: [], ...times })
  }

  #times(): CallTimes {
    const now = monotonicNow()
    const started = this.startedAt() ?? now
    return { startedAt: this.#slots.options.wallClock(started), durationMs: now - started }
  }
}

function createDeferred() {
  // biome-ignore lint/suspicious/noExplicitAny: as above.
  let resolve = (_end: any): void => {}
  let reject = (_error: Error): void => {}
  const promise = new Promise<never>((onResolve, onReject) => {
    resolve = onResolve
    reject = onReject
  })
  return { promise, resolve, reject }
}
