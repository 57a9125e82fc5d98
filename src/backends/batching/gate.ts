import { BackendError } from '../../model/backend.ts'
import type { Clock, Ids } from '../../model/ports.ts'
import { unlessAborted } from './abort.ts'
import { advisedDelay, retryDelay } from './retry.ts'

/** Requests of one process to one backend that are under way at once. */
const IN_FLIGHT = 2
/** A trouble that is over sooner is not worth a word. */
const TOLD_FAILURES = 3
const TOLD_WAIT = 5_000

/**
 * Every request to one backend goes through it, for all experiments of this process. It decides when a request may be made, and
 * makes it again while the backend does not answer or asks for patience: then one at a time, as one is enough to find out.
 */
export interface Gate {
  /** @throws BackendError; `unreachable` and `limited` only when there is no time for another attempt */
  send<T>(request: (signal: AbortSignal) => Promise<T>, options: SendOptions): Promise<T>
  /** Asks again at once, unless the backend has asked for patience. */
  hurry(): void
  /** Nobody waits for an attempt that could be made only after this moment of the monotonic clock. */
  endBy(moment: number): void
}

export interface SendOptions {
  readonly signal: AbortSignal
  /** Before what waits already. */
  readonly isUrgent?: boolean
}

export type GateNews =
  /** The backend has been in trouble for a while: told once until it takes something again. */
  { readonly kind: 'waiting'; readonly reason: string } | { readonly kind: 'refused'; readonly reason: string }

export interface GateOptions {
  readonly clock: Clock
  readonly ids: Pick<Ids, 'random'>
  readonly tell: (news: GateNews) => void
}

export function createGate(options: GateOptions): Gate {
  return new RequestGate(options)
}

interface Waiter {
  readonly enter: (round: number) => void
  readonly fail: (error: Error) => void
}

/** What is known while the backend does not take what it is sent. Moments are of the monotonic clock. */
interface Trouble {
  readonly error: BackendError
  /** In a row. */
  readonly failures: number
  readonly nextAttempt: number
  /** Up to when it asked to be left alone. */
  readonly advised: number
  readonly isTold: boolean
}

class RequestGate implements Gate {
  readonly #options: GateOptions
  readonly #waiting: Waiter[] = []
  #inFlight = 0
  #trouble: Trouble | undefined
  #refusal: BackendError | undefined
  /** Grows with each attempt that has changed what is known; what was sent before says nothing new. */
  #round = 0
  #end = Number.POSITIVE_INFINITY
  #cancelTimer = (): void => {}

  constructor(options: GateOptions) {
    this.#options = options
  }

  async send<T>(request: (signal: AbortSignal) => Promise<T>, { signal, isUrgent = false }: SendOptions): Promise<T> {
    for (let goesFirst = isUrgent; ; goesFirst = true) {
      const round = await this.#enter(signal, goesFirst)
      try {
        const result = await unlessAborted(() => request(signal), signal)
        this.#noteAnswer(round)
        return result
      } catch (error) {
        if (signal.aborted || !(error instanceof BackendError)) throw error
        if (!this.#noteFailure(error, round)) throw error
      } finally {
        this.#inFlight--
        this.#admit()
      }
    }
  }

  hurry(): void {
    if (this.#trouble !== undefined) {
      const nextAttempt = Math.max(this.#trouble.advised, this.#options.clock.monotonic())
      this.#trouble = { ...this.#trouble, nextAttempt }
    }
    this.#admit()
  }

  endBy(moment: number): void {
    this.#end = moment
    this.#admit()
  }

  #enter(signal: AbortSignal, goesFirst: boolean): Promise<number> {
    return new Promise((resolve, reject) => {
      if (signal.aborted) return reject(signal.reason)
      const abort = (): void => {
        this.#waiting.splice(this.#waiting.indexOf(waiter), 1)
        reject(signal.reason)
        this.#admit()
      }
      const leave = (): void => signal.removeEventListener('abort', abort)
      const waiter: Waiter = {
        enter(round) {
          leave()
          resolve(round)
        },
        fail(error) {
          leave()
          reject(error)
        },
      }
      signal.addEventListener('abort', abort)
      if (goesFirst) this.#waiting.unshift(waiter)
      else this.#waiting.push(waiter)
      this.#admit()
    })
  }

  /** Lets in who may go now, and sees to it that somebody is let in when the time has come. */
  #admit(): void {
    this.#cancelTimer()
    const trouble = this.#trouble
    const hopeless =
      this.#refusal ?? (trouble !== undefined && trouble.nextAttempt > this.#end ? trouble.error : undefined)
    if (hopeless !== undefined) for (const waiter of this.#waiting.splice(0)) waiter.fail(hopeless)
    const delay = trouble === undefined ? 0 : trouble.nextAttempt - this.#options.clock.monotonic()
    while (this.#waiting.length > 0 && this.#inFlight < (trouble === undefined ? IN_FLIGHT : 1)) {
      if (delay > 0) {
        this.#cancelTimer = this.#options.clock.after(delay, () => this.#admit())
        return
      }
      this.#inFlight++
      this.#waiting.shift()?.enter(this.#round)
    }
  }

  #noteAnswer(round: number): void {
    if (round === this.#round) this.#trouble = undefined
  }

  /** Whether it is worth another attempt. */
  #noteFailure(error: BackendError, round: number): boolean {
    switch (error.failure.kind) {
      case 'unreachable':
      case 'limited':
        this.#noteTrouble(error, { round, retryAfterMs: error.failure.retryAfterMs })
        return true
      case 'refused':
        if (this.#refusal === undefined) this.#options.tell({ kind: 'refused', reason: error.message })
        this.#refusal ??= error
        return false
      case 'invalid':
      case 'too-large':
        this.#noteAnswer(round)
        return false
    }
  }

  #noteTrouble(
    error: BackendError,
    { round, retryAfterMs }: { round: number; retryAfterMs: number | undefined },
  ): void {
    const { clock, ids, tell } = this.#options
    const now = clock.monotonic()
    const before = this.#trouble
    const isNews = round === this.#round || before === undefined
    if (isNews) this.#round++
    const failures = (before?.failures ?? 0) + (isNews ? 1 : 0)
    const advised = Math.max(before?.advised ?? 0, now + advisedDelay(retryAfterMs, ids.random))
    const delayed = isNews ? now + retryDelay(failures, ids.random) : before.nextAttempt
    const nextAttempt = Math.max(advised, delayed)
    const isWorthTelling = failures >= TOLD_FAILURES || nextAttempt - now >= TOLD_WAIT
    this.#trouble = { error, failures, nextAttempt, advised, isTold: before?.isTold === true || isWorthTelling }
    if (isWorthTelling && before?.isTold !== true) tell({ kind: 'waiting', reason: error.message })
  }
}
