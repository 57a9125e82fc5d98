/** How often a thread is listened for, in milliseconds, and after how many times without a sound it is told of. */
const BEAT = 1_000
const SILENT_BEATS = 5

/** Listens for signs of life of a thread with user code under way. */
export interface Listening {
  /** User code has been called. Ends by itself when none is under way any more. */
  begin(): void
  /** The thread has said something. */
  heard(): void
  /** The thread is another one now. */
  reset(): void
  /** There is nobody to listen to any more. */
  end(): void
}

export interface ListeningOptions {
  /** Whether user code is under way. */
  isBusy(): boolean
  /** Asks the thread for a sign of life. */
  ask(): void
  /** It has given none for a while. Told of once, until it does. */
  onSilent(): void
}

/** Counts beats, not milliseconds: a machine that has slept for an hour has missed one. */
export function listen({ isBusy, ask, onSilent }: ListeningOptions): Listening {
  let timer: NodeJS.Timeout | undefined
  let hasSpoken = true
  let silentBeats = 0

  const beat = (): void => {
    if (!isBusy()) {
      clearInterval(timer)
      timer = undefined
      hasSpoken = true
      return
    }
    silentBeats = hasSpoken ? 0 : silentBeats + 1
    // It may have nothing to say for long, and is asked then.
    if (hasSpoken) ask()
    hasSpoken = false
    if (silentBeats === SILENT_BEATS) onSilent()
  }
  return {
    begin() {
      timer ??= setInterval(beat, BEAT).unref()
    },
    heard() {
      hasSpoken = true
    },
    reset() {
      hasSpoken = true
      silentBeats = 0
    },
    end: () => clearInterval(timer),
  }
}
