/** Calls back every so many milliseconds until what it returns is called. */
export type Ticker = (milliseconds: number, tick: () => void) => () => void

/** Ticks that do not keep the process alive. */
export const realTicker: Ticker = (milliseconds, tick) => {
  const timer = setInterval(tick, milliseconds)
  timer.unref()
  return () => clearInterval(timer)
}
