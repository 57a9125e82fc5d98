import type { CallTiming } from '../model/events.ts'
import type { CallEnd, PendingCall } from '../model/ports.ts'
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
  call(attempt: number): PendingCall<T>
  /** Whether an end is worth another attempt. */
  failed(end: CallEnd<T>): boolean
}

export interface Attempted<T> {
  readonly end: CallEnd<T>
  readonly timing: CallTiming
}

/**
 * Calls user code until it succeeds or its retries are used up. The slot of the last attempt is still held when this returns:
 * the caller frees it once the result is written. While it sleeps between attempts it holds neither slot nor place.
 *
 * @throws StoppedError when the experiment is ended before the call was made or could be made again
 */
export async function attempt<T>(options: AttemptOptions<T>, tools: AttemptTools): Promise<Attempted<T>> {
  const { slots, clock } = tools
  let queueMs = 0
  let retryWaitMs = 0
  for (let attempts = 1; ; attempts++) {
    const asked = clock.monotonic()
    await slots.acquire(options.kind)
    queueMs += clock.monotonic() - asked
    const end = await watchOrRelease(options, attempts, tools)
    const isLast = attempts > options.maxRetries || tools.stop.reason !== undefined || !options.failed(end)
    if (isLast) {
      const { startedAt, durationMs } = end
      return { end, timing: { startedAt, durationMs, queueMs, retryWaitMs, attempts } }
    }
    slots.release(options.kind)
    const fellAsleep = clock.monotonic()
    await options.place.sleep(() =>
      sleep(
        retryDelay(attempts, () => tools.ids.random()),
        { clock, stop: tools.stop },
      ),
    )
    retryWaitMs += clock.monotonic() - fellAsleep
  }
}

async function watchOrRelease<T>(
  options: AttemptOptions<T>,
  attempts: number,
  tools: AttemptTools,
): Promise<CallEnd<T>> {
  try {
    return await tools.deadlines.watch(options.call(attempts), options.timeout)
  } catch (error) {
    tools.slots.release(options.kind)
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
