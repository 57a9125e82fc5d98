import { isUtf8 } from 'node:buffer'

const CHUNK_BYTES = 256 * 1024
const NEWLINE = 0x0a
/** As long as a string of V8 may be. */
const MAX_LINE_BYTES = 2 ** 29 - 24

/** A line that is no text. `column` counts from 1. */
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

/** What is needed of a file handle; a `position` of null is where the last read ended. */
export interface ByteReader {
  read(buffer: Buffer, offset: number, length: number, position: number | null): Promise<{ readonly bytesRead: number }>
}

export interface ReadLinesOptions {
  readonly signal: AbortSignal
  /** @default 536_870_888 */
  readonly maxLineBytes?: number
}

/**
 * Reads UTF-8 text line by line, in batches of about 256 KB, holding no more than one batch and one line. Lines come without their
 * `\n`, the file without its byte order mark; an empty last line is left out.
 */
export async function* readLines(
  bytes: ByteReader,
  { signal, maxLineBytes = MAX_LINE_BYTES }: ReadLinesOptions,
): AsyncGenerator<LineBatch, void, undefined> {
  const buffer = Buffer.allocUnsafe(CHUNK_BYTES)
  const splitter = createSplitter(maxLineBytes)
  let firstLine = 1
  let isStart = true
  for (;;) {
    signal.throwIfAborted()
    const { bytesRead } = await bytes.read(buffer, 0, CHUNK_BYTES, null)
    const chunk = buffer.subarray(isStart && startsWithMark(buffer, bytesRead) ? 3 : 0, bytesRead)
    isStart = false
    const lines = bytesRead === 0 ? splitter.end() : splitter.push(chunk)
    if (lines.length > 0) yield { firstLine, lines }
    firstLine += lines.length
    if (bytesRead === 0) return
  }
}

function startsWithMark(buffer: Buffer, length: number): boolean {
  return length >= 3 && buffer[0] === 0xef && buffer[1] === 0xbb && buffer[2] === 0xbf
}

type Lines = (string | UnreadableLine)[]

interface Splitter {
  /** The lines that end in this chunk. The chunk may be written over afterwards. */
  push(chunk: Buffer): Lines
  /** The line that had no newline behind it. */
  end(): Lines
}

function createSplitter(maxLineBytes: number): Splitter {
  let begun: Buffer[] = []
  let begunBytes = 0

  const keep = (bytes: Buffer) => {
    if (bytes.length === 0) return
    begunBytes += bytes.length
    // Of a line that is too long only the length is still of interest, and its start for the message.
    if (begunBytes <= maxLineBytes) begun.push(Buffer.from(bytes))
    else begun.length = Math.min(begun.length, 1)
  }

  const finishBegun = (): Lines => {
    const bytes = begunBytes
    const parts = begun
    begun = []
    begunBytes = 0
    if (bytes <= maxLineBytes) return decode(Buffer.concat(parts, bytes))
    const start = decodeLoosely(parts[0] ?? Buffer.alloc(0))
    return [{ message: `expected a line of at most ${maxLineBytes} bytes, got ${bytes}`, text: start }]
  }

  return {
    push(chunk) {
      const last = chunk.lastIndexOf(NEWLINE)
      if (last === -1) {
        keep(chunk)
        return []
      }
      const first = begunBytes === 0 ? -1 : chunk.indexOf(NEWLINE)
      if (first !== -1) keep(chunk.subarray(0, first))
      const lines = first === -1 ? [] : finishBegun()
      if (last > first) for (const line of decode(chunk.subarray(first + 1, last))) lines.push(line)
      keep(chunk.subarray(last + 1))
      return lines
    },
    end: () => (begunBytes === 0 ? [] : finishBegun()),
  }
}

/** Whole blocks are decoded at once; only one that is no UTF-8 is taken apart. */
function decode(block: Buffer): Lines {
  if (isUtf8(block)) return block.toString('utf8').split('\n')
  const lines: Lines = []
  for (let start = 0; start <= block.length; ) {
    const newline = block.indexOf(NEWLINE, start)
    const end = newline === -1 ? block.length : newline
    const bytes = block.subarray(start, end)
    lines.push(isUtf8(bytes) ? bytes.toString('utf8') : describeBadBytes(bytes))
    start = end + 1
  }
  return lines
}

function describeBadBytes(bytes: Buffer): UnreadableLine {
  let valid = 0
  let invalid = bytes.length
  while (invalid - valid > 1) {
    const middle = Math.floor((valid + invalid) / 2)
    if (canBeginUtf8(bytes.subarray(0, middle))) valid = middle
    else invalid = middle
  }
  const before = decodeLoosely(bytes.subarray(0, valid))
  // The byte that starts the broken character; what broke it may come later.
  const start = Buffer.byteLength(before)
  return {
    message: `expected UTF-8, got the byte 0x${bytes.subarray(start, start + 1).toString('hex')}`,
    column: before.length + 1,
    text: decodeLoosely(bytes),
  }
}

function canBeginUtf8(bytes: Buffer): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: true })
    return true
  } catch {
    return false
  }
}

function decodeLoosely(bytes: Buffer): string {
  return new TextDecoder('utf-8').decode(bytes, { stream: true })
}
