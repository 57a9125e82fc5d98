import type { OpenCall } from './open-call.ts'
import { callOf, claim, ENTERED, offer, PROGRESS_SLOTS, RUNNING_CALL, slotOf } from './progress.ts'
import type { ThreadCallsOptions } from './thread-calls.ts'

export interface TableOptions extends ThreadCallsOptions {
  /** A call is out of the table. */
  ended(call: OpenCall): void
}

/** How long a call waits before another thread may have it, in milliseconds: one that is free has come to it by then. */
const SOON = 1

/** Calls by slot. A slot is where the thread writes how far a call is; it is free again when the call has come back. */
export class CallTable {
  readonly options: TableOptions
  readonly expired = new Set<number>()
  readonly #calls: (OpenCall | undefined)[] = []
  readonly #free: number[] = []
  #serial = 0
  #size = 0
  /** How many calls the thread has been given. */
  #offered = 0

  constructor(options: TableOptions) {
    this.options = options
  }

  place(call: OpenCall): void {
    const slot = this.#free.pop() ?? this.#calls.length
    call.call = callOf(++this.#serial, slot)
    this.#calls[slot] = call
    this.#size++
    this.reset(slot)
  }

  /** Another call takes the number and the slot of one that has just been taken out. */
  replace(number: number, call: OpenCall): void {
    const slot = slotOf(number)
    this.#free.splice(this.#free.lastIndexOf(slot), 1)
    call.call = number
    this.#calls[slot] = call
    this.#size++
  }

  /** A call is about to be posted. */
  offer(call: number): void {
    this.reset(slotOf(call))
    offer(this.options.progress(), call)
    this.#offered++
  }

  /** How many calls the thread has been given and has not come to. */
  get waiting(): number {
    return this.#offered - (this.options.progress().times[ENTERED] ?? 0)
  }

  /** How many calls there are, also such as others will make. */
  get size(): number {
    return this.#size
  }

  /** Takes out the call that the thread has let wait for longest, for another thread; undefined where none has waited for long. */
  takeBack(now: number): OpenCall | undefined {
    const waiting = this.all().filter(
      (call) => call.canMove && call.postedAt < now - SOON && this.startedAt(call) === undefined,
    )
    for (const call of waiting.sort((a, b) => a.postedAt - b.postedAt)) {
      if (!claim(this.options.progress(), call.call)) continue
      this.#offered--
      return this.take(call.call)
    }
    return undefined
  }

  /** Another thread took the place of the one there was. */
  renew(): void {
    this.#offered = 0
    for (const call of this.expired) this.comeBack(call)
  }

  reset(slot: number): void {
    if (slot < PROGRESS_SLOTS) this.options.progress().times[2 * slot] = 0
  }

  /** Undefined while the thread has not begun it. A call beyond the slots counts from when it was posted. */
  startedAt({ call, postedAt }: OpenCall): number | undefined {
    const slot = slotOf(call)
    if (slot >= PROGRESS_SLOTS) return postedAt
    const time = this.options.progress().times[2 * slot]
    return time === 0 ? undefined : time
  }

  step(call: number): number {
    return this.options.progress().times[2 * slotOf(call) + 1] ?? 0
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

  /** Those that the thread has begun. */
  begun(): OpenCall[] {
    return this.all().filter((call) => this.startedAt(call) !== undefined)
  }

  /** Whether the synchronous part of a call is running. */
  get isInCall(): boolean {
    return this.options.progress().times[RUNNING_CALL] !== 0
  }

  /** The call that a silent thread is in: the one whose synchronous part is running, or the only one it has begun. */
  blocking(): OpenCall | undefined {
    const running = this.options.progress().times[RUNNING_CALL] ?? 0
    const found = this.#calls[slotOf(running)]
    if (running !== 0 && found?.call === running) return found
    const begun = this.begun()
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
    this.#size--
    this.options.ended(found)
    return found
  }
}
