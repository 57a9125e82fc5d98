import type { Ticker } from '../../src/terminal/ticker.ts'

/** Ticks that come when a test says so. */
export interface FakeTicker {
  readonly ticker: Ticker
  advance(milliseconds: number): void
  now(): number
  /** How many tickers have not been stopped. */
  running(): number
}

export function createFakeTicker(): FakeTicker {
  let time = 0
  const timers = new Set<{ readonly every: number; next: number; readonly tick: () => void }>()
  return {
    ticker: {
      now: () => time,
      every(every, tick) {
        const timer = { every, next: time + every, tick }
        timers.add(timer)
        return () => timers.delete(timer)
      },
    },
    advance(milliseconds) {
      const end = time + milliseconds
      for (;;) {
        const due = [...timers].filter(({ next }) => next <= end).sort((a, b) => a.next - b.next)[0]
        if (due === undefined) break
        time = due.next
        due.next += due.every
        due.tick()
      }
      time = end
    },
    now: () => time,
    running: () => timers.size,
  }
}
