import type { ConsoleSource } from '../../model/ports.ts'
import type { Post } from './host.ts'
import { monotonicNow } from './monotonic.ts'
import { claim, ENTERED, openProgress, PROGRESS_SLOTS, RUNNING_CALL, slotOf, TASKS_HELD } from './progress.ts'
import type { FromThread } from './protocol.ts'

/** The calls of user code that are under way in this thread. */
export interface HostCalls {
  /** Comes to a call that was asked for. False: another thread has it by now. */
  claim(call: number): boolean
  /** `step` tells how far a call that goes through several evaluators is. */
  begin(call: number, subject: CallSubject, step?: number): RunningCall
  /** Whether no task is to be entered any more. */
  areTasksHeld(): boolean
  /** Runs the first, synchronous part of a call; while it does, the main thread can see which one it is. */
  enter<T>(running: RunningCall, action: () => T): T
  /** Posts what came of a call, or that it came late; returns whether it came in time. */
  finish(running: RunningCall, message: FromThread): boolean
  /** Takes a call out of those that are under way; returns whether it is still waited for. */
  end(running: RunningCall): boolean
  /** Aborts the signal that user code was given, if it asked for it. */
  abort(call: number): void
  /** As `abort`; what still comes of the call is posted as late. */
  abandon(call: number): void
}

/** For the notice of a late result, and for console output that says where it comes from. */
export type CallSubject = ConsoleSource

export interface RunningCall {
  readonly call: number
  readonly subject: CallSubject
  /** Monotonic milliseconds at which user code was entered. */
  readonly startedAt: number
  /** Made when it is first asked for: most user code never does. */
  readonly signal: AbortSignal
}

export function createHostCalls(post: Post, memory: SharedArrayBuffer): HostCalls {
  const progress = openProgress(memory)
  const { times } = progress
  times[ENTERED] = 0
  const running: (HostCall | undefined)[] = []
  const find = (call: number): HostCall | undefined => {
    const found = running[slotOf(call)]
    return found?.call === call ? found : undefined
  }
  const take = (call: number): HostCall | undefined => {
    const found = find(call)
    if (found !== undefined) running[slotOf(call)] = undefined
    return found
  }
  return {
    claim(call) {
      if (!claim(progress, call)) return false
      times[ENTERED] = (times[ENTERED] ?? 0) + 1
      return true
    },
    begin(call, subject, step = 0) {
      const slot = slotOf(call)
      const begun = new HostCall(call, subject)
      if (slot < PROGRESS_SLOTS) {
        times[2 * slot + 1] = step
        times[2 * slot] = begun.startedAt
      }
      running[slot] = begun
      return begun
    },
    areTasksHeld: () => times[TASKS_HELD] === 1,
    enter({ call }, action) {
      times[RUNNING_CALL] = call
      try {
        return action()
      } finally {
        times[RUNNING_CALL] = 0
      }
    },
    finish({ call }, message) {
      const found = take(call)
      if (found === undefined) return false
      post(found.isAbandoned ? ['late', call, found.subject.what, found.subject.key] : message)
      return !found.isAbandoned
    },
    end: ({ call }) => take(call)?.isAbandoned === false,
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
  readonly subject: CallSubject
  readonly startedAt = monotonicNow()
  isAbandoned = false
  #isAborted = false
  #controller: AbortController | undefined

  constructor(call: number, subject: CallSubject) {
    this.call = call
    this.subject = subject
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
