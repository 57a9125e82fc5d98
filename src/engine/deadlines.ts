import type { CallEnd, Clock, PendingCall } from '../model/ports.ts'
import type { StopSwitch } from './stop.ts'

/** Milliseconds that calls in flight are given to end by themselves once the experiment is being ended. */
export const GRACE = 5_000

/** How soon a call that still waits for its thread is looked at again, in milliseconds. */
const NOT_STARTED_CHECK = 1_000

/** Watches calls in flight: ends those that run past their timeout, and all of them when the experiment is being ended. */
export interface Deadlines {
  /** Resolves as the call ends. The timeout, in milliseconds, counts from when user code was entered. */
  watch<T>(call: PendingCall<T>, timeout: number): Promise<CallEnd<T>>
  /** Calls watched at this moment. */
  inFlight(): number
}

interface Watched {
  readonly call: PendingCall<unknown>
  readonly timeout: number
  deadline: number
}

export function createDeadlines(clock: Clock, stop: StopSwitch): Deadlines {
  const watched = new Set<Watched>()
  let cancelTimer = (): void => {}
  let timerDue = Number.POSITIVE_INFINITY

  const arm = (due: number): void => {
    if (due >= timerDue) return
    cancelTimer()
    timerDue = due
    cancelTimer = clock.after(Math.max(due - clock.monotonic(), 1), sweep)
  }

  const sweep = (): void => {
    timerDue = Number.POSITIVE_INFINITY
    const now = clock.monotonic()
    let next = Number.POSITIVE_INFINITY
    for (const entry of watched) {
      if (entry.deadline <= now) extendOrAbandon(entry, now)
      if (watched.has(entry)) next = Math.min(next, entry.deadline)
    }
    if (next !== Number.POSITIVE_INFINITY) arm(next)
  }

  // A call that has waited for a busy thread has not used up its own time yet.
  const extendOrAbandon = (entry: Watched, now: number): void => {
    const startedAt = entry.call.startedAt()
    entry.deadline =
      startedAt === undefined ? now + Math.min(entry.timeout, NOT_STARTED_CHECK) : startedAt + entry.timeout
    if (entry.deadline > now) return
    watched.delete(entry)
    entry.call.abandon('timeout')
  }

  let cancelGrace = (): void => {}
  const abandonAll = (): void => {
    for (const { call } of watched) call.abandon('shutdown')
  }
  stop.onStop(() => {
    for (const { call } of watched) call.abort()
    cancelGrace = clock.after(GRACE, abandonAll)
  })
  stop.onHurry(abandonAll)

  return {
    async watch(call, timeout) {
      const entry: Watched = { call, timeout, deadline: clock.monotonic() + timeout }
      watched.add(entry)
      arm(entry.deadline)
      try {
        return await call.ended
      } finally {
        watched.delete(entry)
        if (watched.size === 0) {
          cancelTimer()
          timerDue = Number.POSITIVE_INFINITY
          cancelGrace()
        }
      }
    },
    inFlight: () => watched.size,
  }
}
