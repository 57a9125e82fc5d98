import type { CallTiming } from '../model/events.ts'
import type { CallEnd, FollowUpEnd, PendingCall } from '../model/ports.ts'
import type { Place } from './place.ts'
import type { CallKind } from './slots.ts'
import { StoppedError } from './stop.ts'
import type { EngineTools } from './tools.ts'

/** Bounds of the delay between attempts, in milliseconds. */
const FIRST_DELAY = 1_000
const LONGEST_DELAY = 60_000

type AttemptTools = Pick<EngineTools, 'slots' | 'deadlines' | 'stop' | 'clock' | 'ids'>

export interface AttemptOptions<T> {
  readonly kind: CallKind
  readonly timeout: number
  readonly maxRetries: number
  readonly place: Place
  call(attempt: number): PendingCall<CallEnd<T>>
  /** The first attempt, when user code's thread may make it by itself, and what to do when it is over for good or for now. */
  readonly first?: { readonly call: PendingCall<FollowUpEnd<T>>; leaveSlot(): void }
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
export async function attempt<T>(options: AttemptOptions<T>, tools: AttemptTools): Promise<Attempted<T>> {
  const { kind, timeout, maxRetries, first } = options
  const { slots, deadlines, clock, stop } = tools
  let queueMs = 0
  let retryWaitMs = 0
  let attempts = 1
  let release = slots.release[kind]
  let end: CallEnd<T> | undefined
  if (first !== undefined) {
    const ended = await deadlines.watch(first.call, timeout)
    if (ended.status === 'not-begun') first.leaveSlot()
    else {
      end = ended
      release = first.leaveSlot
    }
  }
  for (;;) {
    if (end === undefined) {
      const waiting = slots.acquire(kind)
      if (waiting !== undefined) {
        const asked = clock.monotonic()
        await waiting
        queueMs += clock.monotonic() - asked
      }
      end = await watchOrRelease(options, attempts, tools)
    }
    if (attempts > maxRetries || stop.reason !== undefined || !options.failed(end)) {
      const { startedAt, durationMs } = end
      return { end, timing: { startedAt, durationMs, queueMs, retryWaitMs, attempts }, release }
    }
    release()
    release = slots.release[kind]
    const fellAsleep = clock.monotonic()
    await options.place.sleep(() => sleep(retryDelay(attempts, () => tools.ids.random()), tools))
    retryWaitMs += clock.monotonic() - fellAsleep
    attempts++
    end = undefined
  }
}

async function watchOrRelease<T>(
  options: AttemptOptions<T>,
  attempts: number,
  { slots, deadlines }: AttemptTools,
): Promise<CallEnd<T>> {
  try {
    return await deadlines.watch(options.call(attempts), options.timeout)
  } catch (error) {
    slots.release[options.kind]()
    throw error
  }
}

/** Exponential backoff with full jitter: anything between 0 and twice as much as the time before, up to a minute. */
export function retryDelay(attemptsSoFar: number, random: () => number): number {
  return random() * Math.min(LONGEST_DELAY, FIRST_DELAY * 2 ** (attemptsSoFar - 1))
}

function sleep(milliseconds: number, { clock, stop }: Pick<AttemptTools, 'clock' | 'stop'>): Promise<void> {
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
