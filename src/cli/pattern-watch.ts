import { findFiles, isPattern } from '../load/find-files.ts'

/** Looks from time to time for files that the globs of the command line match only now. */
export interface PatternWatch {
  close(): void
}

export interface PatternWatchOptions {
  readonly patterns: readonly string[]
  readonly currentFolder: string
  /** Told of all matches at each look. */
  readonly onMatches: (files: readonly string[]) => void
}

const INTERVAL = 1_000
/** A look at a large tree may take a while: the next one comes after so many times as long. */
const REST = 50

/** Does nothing where no pattern is a glob. Does not keep the process alive. */
export function createPatternWatch({ patterns, currentFolder, onMatches }: PatternWatchOptions): PatternWatch {
  const globs = patterns.filter(isPattern)
  let timer: NodeJS.Timeout | undefined
  let isClosed = false

  const look = async (): Promise<void> => {
    const began = performance.now()
    // One that matches nothing now may match something the next time.
    const matches = await Promise.all(globs.map((glob) => findFiles([glob], currentFolder).catch(() => [])))
    if (isClosed) return
    onMatches(matches.flat())
    lookIn(Math.max(INTERVAL, REST * (performance.now() - began)))
  }
  const lookIn = (milliseconds: number): void => {
    timer = setTimeout(() => void look(), milliseconds)
    timer.unref()
  }
  if (globs.length > 0) lookIn(INTERVAL)
  return {
    close() {
      isClosed = true
      clearTimeout(timer)
    },
  }
}
