import type { LiveRegion } from '../model/ports.ts'

/** Who, if anybody, draws at the bottom of the terminal. Shared by the sinks of one screen. */
export interface Bottom {
  reserve(region: LiveRegion): () => void
  /** Writes to a terminal with the region out of the way. */
  around<T>(write: () => T): T
}

export function createBottom(): Bottom {
  let current: LiveRegion | undefined
  return {
    reserve(region) {
      current = region
      return () => {
        if (current === region) current = undefined
      }
    },
    around(write) {
      current?.erase()
      const result = write()
      current?.restore()
      return result
    },
  }
}
