import type { ConsoleChunk, TextSink } from '../model/ports.ts'
import { createLineBuffer } from '../terminal/line-buffer.ts'
import { formatNumber } from './format/number.ts'

const MAX_WAITING = 8 * 1024 * 1024

/** Prints what user code wrote to its console to stderr: whole lines, made safe. */
export interface ConsolePrinter {
  push(chunk: ConsoleChunk): void
  /** Prints what is left without a line break. */
  finish(): Promise<void>
}

/** While the terminal is behind, lines wait; past 8 MB they are left out and counted, so that they cannot fill the memory. */
export function createConsolePrinter(stderr: TextSink): ConsolePrinter {
  const buffers = { stdout: createLineBuffer(), stderr: createLineBuffer() }
  let waiting = ''
  let dropped = 0
  let writing: Promise<void> | undefined

  const drain = async () => {
    while (waiting !== '' || dropped > 0) {
      const text = waiting + droppedNote(dropped)
      waiting = ''
      dropped = 0
      await stderr.write(text)
    }
    writing = undefined
  }
  const print = (lines: string) => {
    if (lines === '') return
    if (waiting.length + lines.length > MAX_WAITING) dropped += lines.length
    else waiting += lines
    // In a later turn, so that chunks of one turn are one write.
    writing ??= Promise.resolve().then(drain)
  }
  return {
    push({ stream, text }) {
      print(buffers[stream].push(text))
    },
    async finish() {
      print(buffers.stdout.flush())
      print(buffers.stderr.flush())
      await writing
    },
  }
}

function droppedNote(characters: number): string {
  return characters === 0 ? '' : `(${formatNumber(characters)} characters of console output left out)\n`
}
