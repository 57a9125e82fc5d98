import type { LiveRegion, TextSink } from '../model/ports.ts'

/** Who, if anybody, draws at the bottom of the terminal. Shared by the sinks of one screen. */
export interface Bottom {
  /** The sink as everybody else has it: what is written to a terminal goes above the region. */
  guard(sink: TextSink): TextSink
  reserve(region: LiveRegion): () => void
  /** Closes the region, if there is one. */
  close(): void
}

export function createBottom(): Bottom {
  let current: LiveRegion | undefined
  return {
    guard(sink) {
      if (!sink.isTTY) return sink
      return {
        isTTY: true,
        get columns() {
          return sink.columns
        },
        get rows() {
          return sink.rows
        },
        colorLevel: sink.colorLevel,
        write: (text) => (current === undefined || text === '' ? sink.write(text) : current.above(text, sink)),
        flush() {
          current?.settle()
          return sink.flush()
        },
      }
    },
    reserve(region) {
      current = region
      return () => {
        if (current === region) current = undefined
      }
    },
    close: () => current?.close(),
  }
}
