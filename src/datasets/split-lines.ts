import { constants } from 'node:buffer'
import { describeFaultyByte, type TextBlock, type TextFault } from './decode-text.ts'

/** How much of a line that is too long is kept to be shown. */
const SHOWN = 1_000

/** A line that cannot be read. `column` counts from 1. */
export interface UnreadableLine {
  readonly message: string
  readonly column?: number
  /** As much of the line as can be shown. */
  readonly text: string
}

/** Lines that follow one another. */
export interface LineBatch {
  /** Number of the first, from 1. */
  readonly firstLine: number
  readonly lines: readonly (string | UnreadableLine)[]
}

/**
 * Takes text apart line by line, holding no more than one block and one line. Lines come without their `\n`; an empty last line is
 * left out.
 */
export async function* splitLines(
  blocks: AsyncIterable<TextBlock>,
  maxLength = constants.MAX_STRING_LENGTH,
): AsyncGenerator<LineBatch, void, undefined> {
  const splitter = createSplitter(maxLength)
  let firstLine = 1
  for await (const block of blocks) {
    const lines = splitter.push(block)
    if (lines.length > 0) yield { firstLine, lines }
    firstLine += lines.length
  }
  const lines = splitter.end()
  if (lines.length > 0) yield { firstLine, lines }
}

type Lines = (string | UnreadableLine)[]

interface Splitter {
  /** The lines that end in this block. */
  push(block: TextBlock): Lines
  /** The line that had no newline behind it. */
  end(): Lines
}

function createSplitter(maxLength: number): Splitter {
  // Of a line that is too long only the length is still of interest, and its start for the message.
  let begun = ''
  let begunLength = 0
  let start = ''
  let fault: TextFault | undefined

  const keep = (text: string, faultInText?: TextFault) => {
    if (faultInText !== undefined) fault ??= { offset: begunLength + faultInText.offset, byte: faultInText.byte }
    if (start.length < SHOWN) start += text.slice(0, SHOWN)
    begunLength += text.length
    begun = begunLength <= maxLength ? begun + text : ''
  }

  const finish = (): string | UnreadableLine => {
    const line = describeLine({ text: begunLength <= maxLength ? begun : start, length: begunLength, fault, maxLength })
    begun = ''
    begunLength = 0
    start = ''
    fault = undefined
    return line
  }

  const pushCarefully = ({ text, faults }: TextBlock): Lines => {
    const lines: Lines = []
    let nextFault = 0
    for (let start = 0; start < text.length; ) {
      const newline = text.indexOf('\n', start)
      const end = newline === -1 ? text.length : newline
      keep(text.slice(start, end), relativeTo(start, faults[nextFault], end))
      while ((faults[nextFault]?.offset ?? end) < end) nextFault++
      if (newline !== -1) lines.push(finish())
      start = end + 1
    }
    return lines
  }

  return {
    push(block) {
      const { text, faults } = block
      const last = text.lastIndexOf('\n')
      const isPlain = faults.length === 0 && fault === undefined && begunLength + text.length <= maxLength
      if (last === -1 || !isPlain) return pushCarefully(block)
      const lines = text.slice(0, last).split('\n')
      lines[0] = begun + lines[0]
      begun = text.slice(last + 1)
      begunLength = begun.length
      start = begun.slice(0, SHOWN)
      return lines
    },
    end: () => (begunLength === 0 ? [] : [finish()]),
  }
}

function relativeTo(start: number, fault: TextFault | undefined, end: number): TextFault | undefined {
  return fault === undefined || fault.offset >= end ? undefined : { ...fault, offset: fault.offset - start }
}

interface BegunLine {
  readonly text: string
  readonly length: number
  readonly fault: TextFault | undefined
  readonly maxLength: number
}

function describeLine({ text, length, fault, maxLength }: BegunLine): string | UnreadableLine {
  if (length > maxLength) return { message: `expected a line of at most ${maxLength} characters, got ${length}`, text }
  return fault === undefined ? text : { message: describeFaultyByte(fault.byte), column: fault.offset + 1, text }
}
