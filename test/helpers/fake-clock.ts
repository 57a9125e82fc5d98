import type { Clock } from '../../src/model/ports.ts'

/** A clock that stands still until the test moves it. */
export interface FakeClock extends Clock {
  /** Calls back everything that is due within so many milliseconds, in order. */
  advance(milliseconds: number): void
  /** Moves on to the next timer and calls it back; false when there is none. */
  next(): boolean
  /** How many timers are set. */
  readonly timers: number
  /** How many timers were ever set. */
  readonly timersSet: number
}

const WALL_START = 1_795_000_000_000

interface Timer {
  readonly due: number
  readonly number: number
  readonly callback: () => void
}

export function createFakeClock(): FakeClock {
  const timers = new Set<Timer>()
  let time = 0
  let timersSet = 0

  const earliest = (): Timer | undefined => {
    let found: Timer | undefined
    for (const timer of timers) {
      if (found === undefined || timer.due < found.due || (timer.due === found.due && timer.number < found.number))
        found = timer
    }
    return found
  }
  const fire = (timer: Timer): void => {
    timers.delete(timer)
    time = Math.max(time, timer.due)
    timer.callback()
  }
  return {
    now: () => WALL_START + time,
    monotonic: () => time,
    after(milliseconds, callback) {
      const timer: Timer = { due: time + Math.max(milliseconds, 0), number: timersSet++, callback }
      timers.add(timer)
      return () => timers.delete(timer)
    },
    advance(milliseconds) {
      const end = time + milliseconds
      for (let timer = earliest(); timer !== undefined && timer.due <= end; timer = earliest()) fire(timer)
      time = end
    },
    next() {
      const timer = earliest()
      if (timer !== undefined) fire(timer)
      return timer !== undefined
    },
    get timers() {
      return timers.size
    },
    get timersSet() {
      return timersSet
    },
  }
}

/** Lets everything happen that needs no more time. */
export async function settle(): Promise<void> {
  for (let round = 0; round < 4; round++) await new Promise(setImmediate)
}

/** Lets time pass, as fast as it can, until the promise is settled. */
export async function passTimeUntil<T>(promise: Promise<T>, clock: FakeClock): Promise<T> {
  let isSettled = false
  promise.then(
    () => {
      isSettled = true
    },
    () => {
      isSettled = true
    },
  )
  for (;;) {
    await settle()
    if (isSettled) return promise
    if (!clock.next()) throw new Error('nothing happens any more')
  }
}
