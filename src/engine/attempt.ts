import type { CallTiming } from '../model/events.ts'
import type { CallEnd, PendingCall } from '../model/executor.ts'
import type { Place } from './place.ts'
import type { CallKind } from './slots.ts'
import { StoppedError } from './stop.ts'
import type { EngineTools } from './tools.ts'

/** Bounds of the delay between attempts, in milliseconds. */
const FIRST_DELAY = 1_000
const LONGEST_DELAY = 60_000

export interface AttemptOptions<T> {
  readonly kind: CallKind
  readonly timeout: number
  readonly place: Place
  call(attempt: number): PendingCall<CallEnd<T>>
  /** The first attempt, when it is under way or over already. `leaveSlot` frees the slot it is in. */
  readonly first?: { readonly end: CallEnd<T> | Promise<CallEnd<T>>; leaveSlot(): void }
  /** Whether an end is worth another attempt. */
  failed(end: CallEnd<T>): boolean
}

export interface Attempted<T> {
  readonly end: CallEnd<T>
  readonly timing: CallTiming
  /** Frees the slot of the last attempt, which is still held: to be called once the result is written. */
  readonly release: () => void
}

/**
 * Calls user code until it succeeds or its retries are used up. While it sleeps between attempts it holds neither slot nor place.
 *
 * @throws StoppedError when the experiment is ended before the call was made or could be made again
 */
export async function attempt<T>(options: AttemptOptions<T>, tools: EngineTools): Promise<Attempted<T>> {
  const { kind, first } = options
  const { slots, clock, stop, plan } = tools
  let release = first?.leaveSlot ?? slots.release[kind]
  let queueMs = 0
  let retryWaitMs = 0
  for (let attempts = 1; ; attempts++) {
    let end: CallEnd<T>
    if (attempts === 1 && first !== undefined) end = await first.end
    else {
      const waiting = slots.acquire(kind)
      if (waiting !== undefined) queueMs += await measure(waiting, tools)
      // The experiment may have been ended in the moment in which the slot was given.
      if (stop.reason !== undefined) throw new StoppedError()
      end = await callWatched(options.call(attempts), options.timeout, tools)
    }
    if (attempts > plan.maxRetries || stop.reason !== undefined || !options.failed(end)) {
      const { startedAt, durationMs } = end
      return { end, timing: { startedAt, durationMs, queueMs, retryWaitMs, attempts }, release }
    }
    release()
    release = slots.release[kind]
    const delay = retryDelay(attempts, tools.ids.random)
    retryWaitMs += await measure(
      options.place.sleep(() => sleep(delay, { clock, stop })),
      tools,
    )
  }
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
