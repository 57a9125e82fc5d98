import type { OpenCall } from './open-call.ts'
import { callOf, PROGRESS_SLOTS, RUNNING_CALL, slotOf } from './protocol.ts'
import type { ThreadCallsOptions } from './thread-calls.ts'

export interface TableOptions extends ThreadCallsOptions {
  /** A call is out of the table. */
  ended(call: OpenCall): void
}

/** Calls by slot. A slot is where the thread writes how far a call is; it is free again when the call has come back. */
export class CallTable {
  readonly options: TableOptions
  readonly expired = new Set<number>()
  readonly #calls: (OpenCall | undefined)[] = []
  readonly #free: number[] = []

  constructor(options: TableOptions) {
    this.options = options
  }

  place(call: OpenCall, serial: number): void {
    const slot = this.#free.pop() ?? this.#calls.length
    call.call = callOf(serial, slot)
    this.#calls[slot] = call
    this.reset(slot)
  }

  /** Another call takes the number and the slot of one that has just been taken out. */
  replace(number: number, call: OpenCall): void {
    const slot = slotOf(number)
    this.#free.splice(this.#free.lastIndexOf(slot), 1)
    call.call = number
    this.#calls[slot] = call
  }

  reset(slot: number): void {
    if (slot < PROGRESS_SLOTS) this.options.progress()[2 * slot] = 0
  }

  /** Undefined while the thread has not begun it. A call beyond the slots counts from when it was posted. */
  startedAt({ call, postedAt }: OpenCall): number | undefined {
    const slot = slotOf(call)
    if (slot >= PROGRESS_SLOTS) return postedAt
    const time = this.options.progress()[2 * slot]
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

  freeExpired(): void {
    for (const call of this.expired) this.comeBack(call)
  }

  /** Those that the thread has begun. */
  begun(): OpenCall[] {
    return this.all().filter((call) => this.startedAt(call) !== undefined)
  }

  /** The call that a silent thread is in: the one whose synchronous part is running, or the only one it has begun. */
  blocking(): OpenCall | undefined {
    const running = this.options.progress()[RUNNING_CALL] ?? 0
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
    this.options.ended(found)
    return found
  }
}
