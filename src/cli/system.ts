import { randomUUID } from 'node:crypto'
import type { Clock, Ids } from '../model/ports.ts'
import { monotonicNow } from '../session/executors/monotonic.ts'

/** Timers take at most so many milliseconds; a longer one would fire at once. */
const LONGEST_TIMER = 2 ** 31 - 1

/** How often it is noticed that this process is running, and how late that may be, in milliseconds. */
const BEAT = 1_000
const LATE = 2_000

/** A clock that watches for sleep until it is closed. It does not keep the process alive. */
export interface ProcessClock extends Clock {
  close(): void
}

export function createClock(): ProcessClock {
  const { sleptSince, close } = watchSleep()
  return {
    close,
    // As precise as the log keeps it, so that what is told live and what is read back are the same.
    now: () => Math.round((performance.timeOrigin + performance.now()) * 1000) / 1000,
    // The clock on which threads tell when user code was entered.
    monotonic: monotonicNow,
    sleptSince,
    after(milliseconds, callback) {
      const timer = setTimeout(callback, Math.min(Math.max(milliseconds, 0), LONGEST_TIMER))
      return () => clearTimeout(timer)
    },
  }
}

/** A stopped process, or a machine that is suspended, shows in a beat that comes much too late. */
function watchSleep(): Pick<ProcessClock, 'sleptSince' | 'close'> {
  const naps: { readonly until: number; readonly length: number }[] = []
  let last = monotonicNow()
  const beat = (): void => {
    const now = monotonicNow()
    if (now - last > BEAT + LATE) naps.push({ until: now, length: now - last })
    last = now
  }
  const timer = setInterval(beat, BEAT).unref()
  return {
    sleptSince(moment) {
      // Whoever asks may have been woken before the beat.
      beat()
      return naps.reduce((sum, { until, length }) => (until > moment ? sum + length : sum), 0)
    },
    close: () => clearInterval(timer),
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

/**
 * Later ids sort after earlier ones: between processes to the millisecond, which the first two characters after the dash stand
 * for, and always within one process.
 */
function nextId(last: string): string {
  const now = new Date()
  // Not toLowerCase(): it would start ICU, which takes 10 ms.
  const stamp = now.toISOString().replace(/[-:]/g, '').slice(0, 15).replace('T', 't')
  const id = `${stamp}-${toDigits(now.getMilliseconds(), 2)}${toDigits(Math.floor(Math.random() * 36 ** 4), 4)}`
  return id > last ? id : increase(last)
}

function increase(id: string): string {
  const [stamp = '', suffix = ''] = id.split('-')
  return `${stamp}-${toDigits(Number.parseInt(suffix, 36) + 1, 6)}`
}

function toDigits(value: number, length: number): string {
  return value.toString(36).padStart(length, '0')
}
