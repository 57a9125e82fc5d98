import type { PendingCall } from '../model/executor.ts'
import type { Clock } from '../model/ports.ts'
import type { StopSwitch } from './stop.ts'

/** Milliseconds that calls in flight are given to end by themselves once the experiment is being ended. */
const GRACE = 5_000

/** The same where nobody waits for the results any more: what they are results of has changed. */
const SHORT_GRACE = 500

/** How soon a call that has not come to its end at its deadline is looked at again, in milliseconds. */
const RECHECK = 1_000

/** Watches calls in flight: ends those that run past their timeout, and all of them when the experiment is being ended. */
export interface Deadlines {
  /** Abandons the call when its timeout is over, in milliseconds from when user code was entered. Returns what is to be unwatched. */
  watch<E>(call: PendingCall<E>, timeout: number): Watched<E>
  unwatch(watched: Watched<unknown>): void
  /** Nothing is watched from here on. */
  close(): void
}

/** A call that is watched. */
export interface Watched<E> {
  readonly call: PendingCall<E>
  readonly timeout: number
  deadline: number
  /** Its place in the list. */
  index: number
}

export function createDeadlines(clock: Clock, stop: StopSwitch): Deadlines {
  // A list with swapped places: a set that is filled and emptied for every call leaves much more garbage.
  const watched: Watched<unknown>[] = []
  let cancelTimer = (): void => {}
  let cancelGrace = (): void => {}
  let isGraceOver = false
  let timerDue = Number.POSITIVE_INFINITY

  const remove = (entry: Watched<unknown>): void => {
    const last = watched.pop()
    if (last === undefined || last === entry) return
    watched[entry.index] = last
    last.index = entry.index
  }
  const arm = (due: number): void => {
    if (due >= timerDue) return
    cancelTimer()
    timerDue = due
    cancelTimer = clock.after(Math.max(due - clock.monotonic(), 1), sweep)
  }
  const sweep = (): void => {
    timerDue = Number.POSITIVE_INFINITY
    const now = clock.monotonic()
    for (const entry of [...watched]) if (entry.deadline <= now) extendOrAbandon(entry, now)
    const next = Math.min(...watched.map(({ deadline }) => deadline))
    if (next !== Number.POSITIVE_INFINITY) arm(next)
  }
  // A call that has waited for a busy thread has not used up its own time yet, nor has one that slept with the machine.
  const extendOrAbandon = (entry: Watched<unknown>, now: number): void => {
    const startedAt = entry.call.startedAt()
    entry.deadline =
      startedAt === undefined
        ? now + Math.min(entry.timeout, RECHECK)
        : startedAt + entry.timeout + clock.sleptSince(startedAt)
    if (entry.deadline > now) return
    // Looked at again: a call that turns out to have been waiting behind another one begins anew.
    entry.deadline = now + RECHECK
    entry.call.abandon('timeout')
  }
  const endGrace = (): void => {
    isGraceOver = true
    for (const { call } of [...watched]) call.abandon('shutdown')
  }

  const forgetStop = stop.onStop(() => {
    for (const { call } of watched) call.abort()
    cancelGrace = clock.after(stop.reason?.kind === 'out-of-date' ? SHORT_GRACE : GRACE, endGrace)
  })
  const forgetHurry = stop.onHurry(endGrace)

  return {
    watch(call, timeout) {
      const entry = { call, timeout, deadline: clock.monotonic() + timeout, index: watched.length }
      watched.push(entry)
      // An evaluator may follow its task when the experiment is already being ended.
      if (isGraceOver) call.abandon('shutdown')
      else if (stop.reason !== undefined) call.abort()
      if (entry.deadline < timerDue) arm(entry.deadline)
      return entry
    },
    unwatch: remove,
    close() {
      cancelTimer()
      cancelGrace()
      forgetStop()
      forgetHurry()
    },
  }
}
