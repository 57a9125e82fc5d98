import type { SuspectCall } from './thread-calls.ts'

/** How long a thread may keep silent before it counts as blocked: in milliseconds, and in how many parts. */
const SILENCE = 1_000
const PARTS = 4

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
  /** The thread is blocked: by this call, which is given up, where that can be told. */
  onBlocked(call: SuspectCall | undefined): void
}

export function createInquest({ ping, blocking, onBlocked }: InquestOptions): Inquest {
  const suspects = new Set<SuspectCall>()
  let asked = 0
  let silence: NodeJS.Timeout | undefined

  const close = (): void => {
    clearInterval(silence)
    silence = undefined
    suspects.clear()
  }
  const conclude = (): void => {
    if (silence === undefined) return
    close()
    const call = blocking()
    call?.expire()
    onBlocked(call)
  }
  return {
    suspect(call) {
      suspects.add(call)
      if (silence !== undefined) return
      ping(++asked)
      // In parts: of a machine that has slept meanwhile only one of them is over.
      let left = PARTS
      silence = setInterval(() => {
        left--
        // An answer that has already come is heard before its silence is held against the thread.
        if (left === 0) setImmediate(conclude)
      }, SILENCE / PARTS)
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
