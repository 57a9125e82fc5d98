/** Time for what is drawn again and again. */
export interface Ticker {
  /** Monotonic milliseconds. */
  now(): number
  /** Calls back every so many milliseconds until what it returns is called. */
  every(milliseconds: number, tick: () => void): () => void
}

/** Ticks that do not keep the process alive. */
export const realTicker: Ticker = {
  now: () => performance.now(),
  every(milliseconds, tick) {
    const timer = setInterval(tick, milliseconds)
    timer.unref()
    return () => clearInterval(timer)
  },
}
