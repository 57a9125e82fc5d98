import type { ConsoleChunk, ConsoleSource, TextSink } from '../model/ports.ts'
import { createLineBuffer, type LineBuffer } from '../terminal/line-buffer.ts'
import { formatSource } from './format/console-source.ts'
import { formatNumber } from './format/number.ts'

const MAX_WAITING = 32 * 1024 * 1024

/** Prints what user code wrote to its console to stderr: whole lines, made safe, with the call they come from where it is known. */
export interface ConsolePrinter {
  push(chunk: ConsoleChunk): void
  /** Prints what the calls of a row have left without a line break. */
  rowFinished(row: { readonly key: string; readonly iteration: number }): void
  /** Prints everything that is left without a line break. */
  finish(): Promise<void>
}

/**
 * While the terminal is behind, lines wait; past so many characters they are left out and counted, so that they cannot fill the
 * memory.
 */
export function createConsolePrinter(stderr: TextSink, maxWaiting = MAX_WAITING): ConsolePrinter {
  const open = new Map<string, OpenLine>()
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
  const print = (lines: string, source: ConsoleSource | undefined) => {
    if (lines === '') return
    const text = source === undefined ? lines : withSource(lines, source)
    if (waiting.length + text.length > maxWaiting) dropped += text.length
    else waiting += text
    // In a later turn, so that chunks of one turn are one write.
    writing ??= Promise.resolve().then(drain)
  }
  const flush = ([name, { buffer, source }]: readonly [string, OpenLine]) => {
    open.delete(name)
    print(buffer.flush(), source)
  }
  return {
    push({ stream, text, source }) {
      const name = source === undefined ? stream : `${stream} ${source.iteration} ${source.what} ${source.key}`
      const buffer = open.get(name)?.buffer ?? createLineBuffer()
      print(buffer.push(text), source)
      if (buffer.isEmpty()) open.delete(name)
      else open.set(name, { buffer, source })
    },
    rowFinished({ key, iteration }) {
      for (const line of [...open]) {
        const { source } = line[1]
        if (source?.key === key && source.iteration === iteration) flush(line)
      }
    },
    async finish() {
      for (const line of [...open]) flush(line)
      await writing
    },
  }
}

/** A line whose end has not come. */
interface OpenLine {
  readonly buffer: LineBuffer
  readonly source: ConsoleSource | undefined
}

function withSource(lines: string, source: ConsoleSource): string {
  const prefix = `${formatSource(source)} `
  return lines.replaceAll(/^.*\n/gm, (line) => prefix + line)
}

function droppedNote(characters: number): string {
  return characters === 0 ? '' : `(${formatNumber(characters)} characters of console output left out)\n`
}
