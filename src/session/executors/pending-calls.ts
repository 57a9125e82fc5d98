import type { ErrorInfo } from '../../model/errors.ts'
import type { JsonChange } from '../../model/json.ts'
import type { AbandonReason, CallEnd, CallTimes, PendingCall } from '../../model/ports.ts'
import { monotonicNow } from './monotonic.ts'
import { START_TIME_SLOTS, type ToThread } from './protocol.ts'

/** The main thread's side of the calls that are under way in one thread. */
export interface PendingCalls {
  /** `message` makes the call's message from its number and slot; it is posted again when the thread is replaced. */
  start<T>(message: (call: number, slot: number) => readonly ToThread[]): PendingCall<T>
  /** Returns false for a call that is not waited for any more. */
  finish(call: number, returned: Returned): boolean
  /** A late result has come back. */
  comeBack(call: number): void
  inFlight(): number
  /** Calls that were abandoned and have not come back. */
  expired(): number
  /** Begins all of them anew; each may be begun twice at the most. */
  restart(): void
  rejectAll(error: Error): void
}

export interface Returned {
  readonly result: unknown
  readonly startedAt: number
  readonly durationMs: number
  readonly changes: readonly JsonChange[]
}

interface PendingCallsOptions {
  post(message: ToThread): void
  startTimes(): Float64Array
  /** Wall clock for a monotonic time, epoch milliseconds. */
  wallClock(monotonic: number): number
  onTimeout(call: number): void
  /** For a call that was under way in two threads that had to be replaced. */
  restartError(): ErrorInfo
}

interface Entry {
  readonly call: number
  slot: number
  restarts: number
  readonly message: (call: number, slot: number) => readonly ToThread[]
  // biome-ignore lint/suspicious/noExplicitAny: the caller of start() and the message that answers it agree on the type.
  resolve(end: CallEnd<any>): void
  reject(error: Error): void
}

export function createPendingCalls(options: PendingCallsOptions): PendingCalls {
  const pending = new Map<number, Entry>()
  const expired = new Map<number, number>()
  const freeSlots = Array.from({ length: START_TIME_SLOTS }, (_, slot) => START_TIME_SLOTS - 1 - slot)
  let lastCall = 0
  let failure: Error | undefined

  const takeSlot = (): number => {
    const slot = freeSlots.pop() ?? -1
    if (slot >= 0) options.startTimes()[slot] = 0
    return slot
  }
  const giveBack = (slot: number): void => {
    if (slot >= 0) freeSlots.push(slot)
  }
  const startedAt = (entry: Entry): number | undefined => {
    const time = entry.slot >= 0 ? options.startTimes()[entry.slot] : undefined
    return time === 0 ? undefined : time
  }
  const begin = (entry: Entry): void => {
    for (const message of entry.message(entry.call, entry.slot)) options.post(message)
  }
  const abandon = (entry: Entry, reason: AbandonReason): void => {
    if (!pending.delete(entry.call)) return
    const times = timesOf(startedAt(entry), options)
    expired.set(entry.call, entry.slot)
    options.post(['abandon', entry.call])
    entry.resolve({ status: 'abandoned', reason, ...times })
    if (reason === 'timeout') options.onTimeout(entry.call)
  }

  return {
    start<T>(message: Entry['message']): PendingCall<T> {
      if (failure !== undefined) return deadCall(failure)
      const { promise, resolve, reject } = createDeferred<CallEnd<T>>()
      const entry: Entry = { call: ++lastCall, slot: takeSlot(), restarts: 0, message, resolve, reject }
      pending.set(entry.call, entry)
      begin(entry)
      return {
        ended: promise,
        startedAt: () => startedAt(entry),
        abort: () => options.post(['abort', entry.call]),
        abandon: (reason) => abandon(entry, reason),
      }
    },
    finish(call, { result, startedAt: started, durationMs, changes }) {
      const entry = pending.get(call)
      if (entry === undefined) return false
      pending.delete(call)
      giveBack(entry.slot)
      entry.resolve({ status: 'returned', result, changes, startedAt: options.wallClock(started), durationMs })
      return true
    },
    comeBack(call) {
      const slot = expired.get(call)
      if (slot !== undefined) giveBack(slot)
      expired.delete(call)
    },
    inFlight: () => pending.size,
    expired: () => expired.size,
    restart() {
      for (const slot of expired.values()) giveBack(slot)
      expired.clear()
      for (const entry of [...pending.values()]) {
        giveBack(entry.slot)
        if (entry.restarts++ > 0) {
          pending.delete(entry.call)
          entry.resolve({
            status: 'returned',
            result: { status: 'error', error: options.restartError() },
            changes: [],
            ...timesOf(undefined, options),
          })
          continue
        }
        entry.slot = takeSlot()
        begin(entry)
      }
    },
    rejectAll(error) {
      failure = error
      for (const entry of pending.values()) entry.reject(error)
      pending.clear()
    },
  }
}

function timesOf(started: number | undefined, { wallClock }: PendingCallsOptions): CallTimes {
  const now = monotonicNow()
  return { startedAt: wallClock(started ?? now), durationMs: now - (started ?? now) }
}

function createDeferred<T>() {
  let resolve = (_value: T): void => {}
  let reject = (_error: Error): void => {}
  const promise = new Promise<T>((onResolve, onReject) => {
    resolve = onResolve
    reject = onReject
  })
  return { promise, resolve, reject }
}

function deadCall<T>(failure: Error): PendingCall<T> {
  return { ended: Promise.reject(failure), startedAt: () => undefined, abort() {}, abandon() {} }
}
