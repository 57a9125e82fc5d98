import type { ConsoleChunk } from '../model/ports.ts'

type Listener = (chunk: ConsoleChunk) => void

/** Keeps what user code prints until there is somebody to be told of it. */
export interface ConsoleRelay {
  readonly write: Listener
  connect(listener: Listener): void
}

export function createConsoleRelay(): ConsoleRelay {
  let kept: ConsoleChunk[] = []
  let listener: Listener = (chunk) => void kept.push(chunk)
  return {
    write: (chunk) => listener(chunk),
    connect(newListener) {
      listener = newListener
      for (const chunk of kept) listener(chunk)
      kept = []
    },
  }
}
