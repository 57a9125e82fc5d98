import type { Signal } from '../model/outcome.ts'

/** What people and files ask of `run --watch`, whatever it is doing at the moment. */
export interface Wishes {
  /** Another run is asked for. */
  again(): void
  /** Files have changed. */
  filesChanged(): void
  /** The end is asked for. */
  quit(signal: Signal): void
  /** The signal that asked for the end, if one has. */
  readonly quitBy: Signal | undefined
  /** Whether another run was asked for since this was last asked. */
  takeAgain(): boolean
  /** Calls back for what makes the run under way out of date. Returns what ends that. */
  interrupt(listener: (wish: 'again' | 'files-changed') => void): () => void
  /** Resolves when something is asked for. */
  next(): Promise<void>
}

export function createWishes(): Wishes {
  let wantsAgain = false
  let quitBy: Signal | undefined
  let interruption: ((wish: 'again' | 'files-changed') => void) | undefined
  let wake = (): void => {}
  return {
    again() {
      if (interruption !== undefined) return interruption('again')
      wantsAgain = true
      wake()
    },
    filesChanged() {
      interruption?.('files-changed')
      wake()
    },
    quit(signal) {
      quitBy ??= signal
      wake()
    },
    get quitBy() {
      return quitBy
    },
    takeAgain() {
      const wanted = wantsAgain
      wantsAgain = false
      return wanted
    },
    interrupt(listener) {
      interruption = listener
      return () => {
        interruption = undefined
      }
    },
    next: () =>
      new Promise((resolve) => {
        wake = resolve
      }),
  }
}
