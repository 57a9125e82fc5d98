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
