import type { CallTiming } from '../model/events.ts'
import type { CallEnd, PendingCall } from '../model/executor.ts'
import type { Watched } from './deadlines.ts'
import type { Place } from './place.ts'
import type { CallKind } from './slots.ts'
import { StoppedError } from './stop.ts'
import type { EngineTools } from './tools.ts'

/** Bounds of the delay between attempts, in milliseconds. */
const FIRST_DELAY = 1_000
const LONGEST_DELAY = 60_000

/** A call of user code that may be made several times. */
export interface AttemptedCall<T> {
  readonly kind: CallKind
  readonly place: Place
  /** Makes it. `attempt` counts from 1. */
  call(attempt: number): PendingCall<CallEnd<T>>
}

/** A first attempt that the executor has made, in the slot of another call. */
export interface FirstAttempt<T> {
  /** What came of it, or the call while it is still under way. */
  readonly call: CallEnd<T> | PendingCall<CallEnd<T>>
  /** Frees the slot it is in. */
  readonly leaveSlot: () => void
}

/**
 * Calls user code until it succeeds or its retries are used up. While it sleeps between attempts it holds neither slot nor place.
 * A class for its price: one of these for every row.
 */
export class Attempt<T extends { readonly status: string }> implements Omit<CallTiming, 'startedAt' | 'durationMs'> {
  queueMs = 0
  retryWaitMs = 0
  attempts = 0
  /** Frees the slot of the last attempt, which is still held when that has ended: to be called once the result is written. */
  release: () => void
  readonly #attempted: AttemptedCall<T>
  readonly #tools: EngineTools
  #watched: Watched<CallEnd<T>> | undefined

  constructor(attempted: AttemptedCall<T>, tools: EngineTools) {
    this.#attempted = attempted
    this.#tools = tools
    this.release = tools.slots.release[attempted.kind]
  }

  /**
   * Resolves with the end of the last attempt, which is to be unwatched then.
   *
   * @throws StoppedError when the experiment is ended before the call was made or could be made again
   */
  begin(): Promise<CallEnd<T>> {
    return this.#untilItSucceeds(this.#call())
  }

  /** As `begin`, where the executor has made the first attempt already. */
  goOn({ call, leaveSlot }: FirstAttempt<T>): Promise<CallEnd<T>> {
    this.attempts = 1
    this.release = leaveSlot
    return this.#untilItSucceeds('ended' in call ? this.#watch(call) : Promise.resolve(call))
  }

  // A call that rejects stays watched: its thread is gone, and the experiment is ended.
  unwatch(): void {
    if (this.#watched === undefined) return
    this.#tools.deadlines.unwatch(this.#watched)
    this.#watched = undefined
  }

  #untilItSucceeds(first: Promise<CallEnd<T>>): Promise<CallEnd<T>> {
    return this.#tools.plan.maxRetries === 0 ? first : this.#retry(first)
  }

  #call(): Promise<CallEnd<T>> {
    const waiting = this.#tools.slots.acquire(this.#attempted.kind)
    return waiting === undefined ? this.#callOnce() : this.#callAfter(waiting)
  }

  async #callAfter(slot: Promise<void>): Promise<CallEnd<T>> {
    this.queueMs += await measure(slot, this.#tools)
    // The experiment may have been ended in the moment in which the slot was given.
    if (this.#tools.stop.reason !== undefined) throw new StoppedError()
    return this.#callOnce()
  }

  #callOnce(): Promise<CallEnd<T>> {
    this.attempts++
    return this.#watch(this.#attempted.call(this.attempts))
  }

  #watch(call: PendingCall<CallEnd<T>>): Promise<CallEnd<T>> {
    const { timeout, evalTimeout } = this.#tools.plan
    this.#watched = this.#tools.deadlines.watch(call, this.#attempted.kind === 'task' ? timeout : evalTimeout)
    return call.ended
  }

  async #retry(first: Promise<CallEnd<T>>): Promise<CallEnd<T>> {
    const { plan, stop, slots } = this.#tools
    let end = await first
    while (this.attempts <= plan.maxRetries && stop.reason === undefined && hasFailed(end)) {
      this.unwatch()
      this.release()
      this.release = slots.release[this.#attempted.kind]
      this.retryWaitMs += await measure(this.#sleep(), this.#tools)
      end = await this.#call()
    }
    return end
  }

  #sleep(): Promise<void> {
    const delay = retryDelay(this.attempts, this.#tools.ids.random)
    return this.#attempted.place.sleep(() => sleep(delay, this.#tools))
  }
}

/** Whether an end is worth another attempt. */
export function hasFailed(end: CallEnd<{ readonly status: string }>): boolean {
  return end.status === 'abandoned' || end.result.status === 'error'
}

/** Waits for a call to end, at most until its timeout is over. */
export async function callWatched<E>(call: PendingCall<E>, timeout: number, { deadlines }: EngineTools): Promise<E> {
  const watched = deadlines.watch(call, timeout)
  try {
    return await call.ended
  } finally {
    deadlines.unwatch(watched)
  }
}

/** Milliseconds until it was over. */
async function measure(waiting: Promise<void>, { clock }: EngineTools): Promise<number> {
  const asked = clock.monotonic()
  await waiting
  return clock.monotonic() - asked
}

/** Exponential backoff with full jitter: anything between 0 and twice as much as the time before, up to a minute. */
export function retryDelay(attemptsSoFar: number, random: () => number): number {
  return random() * Math.min(LONGEST_DELAY, FIRST_DELAY * 2 ** (attemptsSoFar - 1))
}

function sleep(milliseconds: number, { clock, stop }: Pick<EngineTools, 'clock' | 'stop'>): Promise<void> {
  return new Promise((resolve, reject) => {
    let stopListening = (): void => {}
    const cancel = clock.after(milliseconds, () => {
      stopListening()
      resolve()
    })
    stopListening = stop.onStop(() => {
      cancel()
      reject(new StoppedError())
    })
  })
}
