import process from 'node:process'
import type { Signal } from '../model/outcome.ts'

const SIGNALS: readonly Signal[] = ['SIGINT', 'SIGTERM', 'SIGHUP']

/** Package runners pass a signal on that the terminal has sent already: repeats within so many milliseconds are the same one. */
const SAME_SIGNAL = 1_000

export interface SignalListener {
  /** The first signal: end in good order. */
  first(signal: Signal): void
  /** Another one: end at once. */
  again(signal: Signal): void
}

/** Watches for signals that end the process. Returns what stops watching. */
export function watchSignals(listener: SignalListener): () => void {
  let firstAt: number | undefined
  const handle = (signal: Signal): void => {
    const now = performance.now()
    if (firstAt === undefined) {
      firstAt = now
      listener.first(signal)
    } else if (now - firstAt >= SAME_SIGNAL) listener.again(signal)
  }
  const handlers = SIGNALS.map((signal) => ({ signal, handler: () => handle(signal) }))
  for (const { signal, handler } of handlers) process.on(signal, handler)
  return () => {
    for (const { signal, handler } of handlers) process.off(signal, handler)
  }
}
