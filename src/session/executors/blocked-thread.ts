import type { SuspectCall } from './thread-calls.ts'

/** How long a thread may keep silent, in milliseconds, before it counts as blocked. */
const SILENCE = 1_000

/** Finds out what a call past its timeout means: it takes too long itself, or waits in a thread that another call blocks. */
export interface Inquest {
  suspect(call: SuspectCall): void
  /** The thread has answered. */
  answered(ping: number): void
  /** The thread is another one now. */
  reset(): void
}

export interface InquestOptions {
  /** Asks the thread for an answer. */
  ping(number: number): void
  /** The call that a silent thread is in, where that can be told. */
  blocking(): SuspectCall | undefined
  /** The thread is blocked. `isKnown` says whether the call that blocks it was found, and given up. */
  onBlocked(isKnown: boolean): void
}

export function createInquest({ ping, blocking, onBlocked }: InquestOptions): Inquest {
  const suspects = new Set<SuspectCall>()
  let asked = 0
  let silence: NodeJS.Timeout | undefined

  const close = (): void => {
    clearTimeout(silence)
    silence = undefined
    suspects.clear()
  }
  const conclude = (): void => {
    if (silence === undefined) return
    close()
    const call = blocking()
    call?.expire()
    onBlocked(call !== undefined)
  }
  return {
    suspect(call) {
      suspects.add(call)
      if (silence !== undefined) return
      ping(++asked)
      // An answer that has already come is heard before its silence is held against the thread.
      silence = setTimeout(() => setImmediate(conclude), SILENCE)
    },
    answered(number) {
      if (number !== asked || silence === undefined) return
      const overdue = [...suspects]
      close()
      for (const call of overdue) call.expire()
    },
    reset: close,
  }
}
