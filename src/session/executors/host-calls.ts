import type { Post } from './host.ts'
import { monotonicNow } from './monotonic.ts'
import { type FromThread, START_TIME_SLOTS, slotOf } from './protocol.ts'

/** The calls of user code that are under way in this thread. */
export interface HostCalls {
  begin(call: number, about: CallSubject): RunningCall
  /** Posts what came of a call, or that it came late; returns whether it came in time. */
  finish(running: RunningCall, message: FromThread): boolean
  /** Aborts the signal that user code was given, if it asked for it. */
  abort(call: number): void
  /** As `abort`; what still comes of the call is posted as late. */
  abandon(call: number): void
}

/** For the notice of a late result. */
export interface CallSubject {
  readonly what: string
  readonly key: string
}

export interface RunningCall {
  readonly call: number
  /** Monotonic milliseconds at which user code was entered. */
  readonly startedAt: number
  /** Made when it is first asked for: most user code never does. */
  readonly signal: AbortSignal
}

export function createHostCalls(post: Post, startTimes: Float64Array): HostCalls {
  const running: (HostCall | undefined)[] = []
  const find = (call: number): HostCall | undefined => {
    const found = running[slotOf(call)]
    return found?.call === call ? found : undefined
  }
  return {
    begin(call, about) {
      const slot = slotOf(call)
      const begun = new HostCall(call, about)
      if (slot < START_TIME_SLOTS) startTimes[slot] = begun.startedAt
      running[slot] = begun
      return begun
    },
    finish({ call }, message) {
      const found = find(call)
      if (found === undefined) return false
      running[slotOf(call)] = undefined
      post(found.isAbandoned ? ['late', call, found.about.what, found.about.key] : message)
      return !found.isAbandoned
    },
    abort: (call) => find(call)?.abort(),
    abandon(call) {
      const found = find(call)
      if (found === undefined) return
      found.isAbandoned = true
      found.abort()
    },
  }
}

/** A class for its price: three of these for every row. */
class HostCall implements RunningCall {
  readonly call: number
  readonly about: CallSubject
  readonly startedAt = monotonicNow()
  isAbandoned = false
  #isAborted = false
  #controller: AbortController | undefined

  constructor(call: number, about: CallSubject) {
    this.call = call
    this.about = about
  }

  get signal(): AbortSignal {
    this.#controller ??= new AbortController()
    if (this.#isAborted) this.#controller.abort()
    return this.#controller.signal
  }

  abort(): void {
    this.#isAborted = true
    this.#controller?.abort()
  }
}
