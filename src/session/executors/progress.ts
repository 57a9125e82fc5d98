// Memory that the main thread and a thread with user code both see: what can be read while the thread is blocked.

/** One thread's part of it. */
export interface Progress {
  /**
   * Two doubles for each slot: when the call in it was begun, in monotonic milliseconds, 0 while it was not; and its step, for a
   * call that goes through several evaluators. Behind them what `RUNNING_CALL`, `ENTERED` and `TASKS_HELD` name.
   */
  readonly times: Float64Array
  /** For each slot the call that waits in it, 0 once either side has claimed it. */
  readonly claims: Int32Array
}

/** How many calls can tell of their progress at once; further ones count from when they were posted. */
export const PROGRESS_SLOTS = 16_384

/** Where the call stands whose first, synchronous part is running, else 0; written by the thread. */
export const RUNNING_CALL = 2 * PROGRESS_SLOTS

/** Where it stands how many calls the thread has come to; written by the thread. */
export const ENTERED = RUNNING_CALL + 1

/** Where it stands that no task is to be entered any more, also none that has been asked for; written by the main thread. */
export const TASKS_HELD = ENTERED + 1

const TIMES = TASKS_HELD + 1

export function createProgressMemory(): SharedArrayBuffer {
  return new SharedArrayBuffer(TIMES * Float64Array.BYTES_PER_ELEMENT + PROGRESS_SLOTS * Int32Array.BYTES_PER_ELEMENT)
}

export function openProgress(memory: SharedArrayBuffer): Progress {
  return {
    times: new Float64Array(memory, 0, TIMES),
    claims: new Int32Array(memory, TIMES * Float64Array.BYTES_PER_ELEMENT, PROGRESS_SLOTS),
  }
}

const SLOT_BITS = 2 ** 20

/** A call's number: a serial number, and the slot in which its progress stands. */
export function callOf(serial: number, slot: number): number {
  return serial * SLOT_BITS + slot
}

export function slotOf(call: number): number {
  return call % SLOT_BITS
}

/** A call waits for its thread: whichever side claims it first has it. */
export function offer({ claims }: Progress, call: number): void {
  const slot = slotOf(call)
  if (slot < PROGRESS_SLOTS) Atomics.store(claims, slot, claimOf(call))
}

/** Whether the call is the caller's: the thread's, which enters it, or the main thread's, which takes it back. */
export function claim({ claims }: Progress, call: number): boolean {
  const slot = slotOf(call)
  const own = claimOf(call)
  return slot >= PROGRESS_SLOTS || Atomics.compareExchange(claims, slot, own, 0) === own
}

/** Never 0. Calls that are in a slot one after another differ, so that a message about an earlier one claims nothing. */
function claimOf(call: number): number {
  return ((call - slotOf(call)) / SLOT_BITS) | 0 || 1
}
