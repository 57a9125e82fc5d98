import type { Signal } from '../model/outcome.ts'

/** What is to be run again. */
export type Again = 'all' | 'failing'

/** What people and files ask of `run --watch`, whatever it is doing at the moment. */
export interface Wishes {
  /** Another run is asked for. Of one that is under way nobody knows yet what will have failed. */
  again(what: Again): void
  /** Files have changed. */
  filesChanged(): void
  /** The end is asked for. */
  quit(signal: Signal): void
  /** The signal that asked for the end, if one has. */
  readonly quitBy: Signal | undefined
  /** The run that was asked for since this was last asked. */
  takeAgain(): Again | undefined
  /** Calls back for what makes the run under way out of date. Returns what ends that. */
  interrupt(listener: (wish: 'again' | 'files-changed') => void): () => void
  /** Resolves when something is asked for. */
  next(): Promise<void>
}

export function createWishes(): Wishes {
  let wanted: Again | undefined
  let quitBy: Signal | undefined
  let interruption: ((wish: 'again' | 'files-changed') => void) | undefined
  let wake = (): void => {}
  return {
    again(what) {
      if (interruption === undefined) wanted = what
      else if (what === 'all') interruption('again')
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
      const taken = wanted
      wanted = undefined
      return taken
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
