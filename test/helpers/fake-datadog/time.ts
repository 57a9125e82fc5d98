const NANOS = 1_000_000n
const YEAR = 365 * 24 * 60 * 60 * 1000

/** The time as the backend sees it, which a test can move. */
export interface FakeTime {
  /** Milliseconds since 1970. */
  now(): number
  /** Moves the backend's clock on by so many milliseconds, or back by a negative number. */
  shift(milliseconds: number): void
  /** Sets the backend's clock, which goes on from there. */
  set(milliseconds: number): void
  /** Nanoseconds since 1970, later than all that were given out before at the same time. */
  tick(): bigint
}

export function createTime(base: () => number = Date.now): FakeTime {
  let offset = 0
  let last = 0n
  const now = (): number => base() + offset
  return {
    now,
    shift(milliseconds) {
      offset += milliseconds
      last = 0n
    },
    set(milliseconds) {
      offset = milliseconds - base()
      last = 0n
    },
    tick() {
      const wanted = toNanos(now())
      last = wanted > last ? wanted : last + 1000n
      return last
    },
  }
}

export function toNanos(milliseconds: number): bigint {
  return BigInt(Math.floor(milliseconds)) * NANOS
}

/** As the backend writes the time of what it has just made. */
export function formatNanos(nanos: bigint): string {
  return format(nanos, 9)
}

/** As the backend writes the time of what it has stored. */
export function formatMicros(nanos: bigint): string {
  return format(nanos, 6)
}

export function parseTime(text: string): bigint {
  const [seconds = '', fraction = ''] = text.replace(/Z$/, '').split('.')
  return toNanos(Date.parse(`${seconds}Z`)) + BigInt(fraction.padEnd(9, '0').slice(0, 9))
}

/** How long records are kept, and deleted ones. */
export const keptFor = { stored: toNanos(3 * YEAR), deleted: toNanos(90 * 24 * 60 * 60 * 1000) } as const

function format(nanos: bigint, digits: number): string {
  const seconds = new Date(Number(nanos / NANOS)).toISOString().slice(0, 19)
  const fraction = (nanos % 1_000_000_000n).toString().padStart(9, '0').slice(0, digits).replace(/0+$/, '')
  return fraction === '' ? `${seconds}Z` : `${seconds}.${fraction}Z`
}
