import { randomUUID } from 'node:crypto'
import type { Clock, Ids } from '../model/ports.ts'

/** Timers take at most so many milliseconds; a longer one would fire at once. */
const LONGEST_TIMER = 2 ** 31 - 1

const ALPHABET = '0123456789abcdefghijklmnopqrstuvwxyz'

export function createClock(): Clock {
  return {
    now: () => performance.timeOrigin + performance.now(),
    monotonic: () => performance.now(),
    after(milliseconds, callback) {
      const timer = setTimeout(callback, Math.min(Math.max(milliseconds, 0), LONGEST_TIMER))
      return () => clearTimeout(timer)
    },
  }
}

export function createIds(): Ids {
  let last = ''
  return {
    experimentId() {
      last = nextId(last)
      return last
    },
    uuid: randomUUID,
    random: Math.random,
  }
}

/** Later ids of one process sort after earlier ones, also within one second. */
function nextId(last: string): string {
  const stamp = new Date().toISOString().replace(/[-:]/g, '').slice(0, 15).toLowerCase()
  const isSameSecond = last.startsWith(stamp)
  const suffix = isSameSecond ? increase(last.slice(stamp.length + 1)) : randomSuffix()
  return `${stamp}-${suffix}`
}

function randomSuffix(): string {
  // The first digit leaves room for ids that follow in the same second.
  const first = ALPHABET.charAt(Math.floor(Math.random() * 18))
  const rest = Array.from({ length: 5 }, () => ALPHABET.charAt(Math.floor(Math.random() * ALPHABET.length)))
  return first + rest.join('')
}

function increase(suffix: string): string {
  const next = Number.parseInt(suffix, 36) + 1 + Math.floor(Math.random() * 36 ** 4)
  return next.toString(36).padStart(6, '0').slice(-6)
}
