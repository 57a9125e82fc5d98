import { setImmediate } from 'node:timers'
import { monotonicNow } from './monotonic.ts'

/** Milliseconds after a message for which a thread stays awake. */
const AWAKE = 0.2

/**
 * Keeps a thread from falling asleep while messages come in quick succession: to be woken costs it, and whoever wakes it, more
 * than all the work on a row. Returns what is to be called for each message. A thread whose messages come seldom sleeps as ever.
 */
export function createWakefulness(): () => void {
  let lastMessage = Number.NEGATIVE_INFINITY
  let isAwake = false
  const stay = (): void => {
    if (monotonicNow() - lastMessage < AWAKE) setImmediate(stay)
    else isAwake = false
  }
  return () => {
    const now = monotonicNow()
    const isQuick = now - lastMessage < AWAKE
    lastMessage = now
    if (isAwake || !isQuick) return
    isAwake = true
    setImmediate(stay)
  }
}
