import { BackendError } from '../../model/backend.ts'
import type { Clock } from '../../model/ports.ts'

const FIRST_WAIT = 250
const LONGEST_WAIT = 8_000

export interface PatientOptions {
  readonly clock: Clock
  readonly signal: AbortSignal
  /** Milliseconds that are waited in all. */
  readonly patience: number
}

/** Asks again, at growing intervals, until the answer is there or patience is at its end; what was just written need not be readable yet. */
export async function askPatiently<T>(
  ask: () => Promise<T>,
  isThere: (answer: T) => boolean,
  { clock, signal, patience }: PatientOptions,
): Promise<T> {
  let waited = 0
  for (let wait = FIRST_WAIT; ; wait = Math.min(2 * wait, LONGEST_WAIT)) {
    const answer = await ask()
    if (isThere(answer) || waited >= patience || signal.aborted) return answer
    await pause(clock, Math.min(wait, patience - waited), signal)
    waited += wait
  }
}

/** Longer advice is for those who decide about everything that is sent. */
const LONGEST_PAUSE = 30_000

export interface RetryOptions {
  readonly clock: Clock
  readonly signal: AbortSignal
  /** How often it is asked at most. */
  readonly attempts: number
}

/** Asks again, after growing random pauses, where the next answer may be another one. */
export async function askAgain<T>(ask: () => Promise<T>, { clock, signal, attempts }: RetryOptions): Promise<T> {
  for (let failures = 1; ; failures++) {
    try {
      return await ask()
    } catch (error) {
      const wait = failures < attempts && !signal.aborted ? pauseAfter(error, failures) : undefined
      if (wait === undefined) throw error
      await pause(clock, wait, signal)
    }
  }
}

/** Undefined where asking again is of no use, or not for a long while. */
function pauseAfter(error: unknown, failures: number): number | undefined {
  if (!(error instanceof BackendError)) return undefined
  const { failure } = error
  if (failure.kind !== 'unreachable' && failure.kind !== 'limited') return undefined
  const wait = failure.retryAfterMs ?? Math.random() * FIRST_WAIT * 2 ** failures
  return wait < LONGEST_PAUSE ? wait : undefined
}

/** Resolves after so many milliseconds, or as soon as the signal says so. */
function pause(clock: Clock, milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      cancel()
      signal.removeEventListener('abort', done)
      resolve()
    }
    const cancel = clock.after(milliseconds, done)
    signal.addEventListener('abort', done)
  })
}
