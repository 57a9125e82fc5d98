import { isUtf8 } from 'node:buffer'

/** A byte that belongs to no UTF-8 character: U+FFFD stands in its place. */
export interface TextFault {
  /** Where in its block, in UTF-16 code units from 0. */
  readonly offset: number
  readonly byte: number
}

/** A stretch of a file as text. It may begin and end anywhere but inside a character. */
export interface TextBlock {
  readonly text: string
  readonly faults: readonly TextFault[]
}

const NO_FAULTS: readonly TextFault[] = []
const BYTE_ORDER_MARK = 0xfeff

/** UTF-8 as text, without its byte order mark. A chunk may be written over once the next is asked for. */
export async function* decodeText(chunks: AsyncIterable<Buffer>): AsyncGenerator<TextBlock, void, undefined> {
  let begun = Buffer.alloc(0)
  let isStart = true
  for await (const chunk of chunks) {
    const bytes = begun.length === 0 ? chunk : Buffer.concat([begun, chunk])
    const end = bytes.length - begunLength(bytes)
    const block = decode(bytes.subarray(0, end))
    begun = Buffer.from(bytes.subarray(end))
    if (block.text === '') continue
    yield isStart ? withoutMark(block) : block
    isStart = false
  }
  if (begun.length > 0) yield decode(begun)
}

/** What a fault is called in a message. */
export function describeFaultyByte(byte: number): string {
  return `expected UTF-8, got the byte 0x${byte.toString(16).padStart(2, '0')}`
}

function withoutMark(block: TextBlock): TextBlock {
  if (block.text.charCodeAt(0) !== BYTE_ORDER_MARK) return block
  return { text: block.text.slice(1), faults: block.faults.map((fault) => ({ ...fault, offset: fault.offset - 1 })) }
}

/** How many bytes at the end begin a character that the next chunk may end. */
function begunLength(bytes: Buffer): number {
  for (let back = 1; back <= 3 && back <= bytes.length; back++) {
    const byte = bytes[bytes.length - back] ?? 0
    if (!isContinuation(byte)) return characterLength(byte) > back ? back : 0
  }
  return 0
}

function decode(bytes: Buffer): TextBlock {
  return isUtf8(bytes) ? { text: bytes.toString('utf8'), faults: NO_FAULTS } : decodeLoosely(bytes)
}

function decodeLoosely(bytes: Buffer): TextBlock {
  const faults: TextFault[] = []
  let text = ''
  for (let start = 0; start < bytes.length; ) {
    const bad = findBadByte(bytes, start)
    text += bytes.toString('utf8', start, bad)
    if (bad < bytes.length) {
      faults.push({ offset: text.length, byte: bytes[bad] ?? 0 })
      text += '\ufffd'
    }
    start = bad + 1
  }
  return { text, faults }
}

/** The byte that starts the first broken character; what broke it may come later. */
function findBadByte(bytes: Buffer, from: number): number {
  for (let at = from; at < bytes.length; ) {
    const length = characterLength(bytes[at] ?? 0)
    if (length > 1 && !isUtf8(bytes.subarray(at, at + length))) return at
    if (length === 1 && (bytes[at] ?? 0) >= 0x80) return at
    at += length
  }
  return bytes.length
}

function isContinuation(byte: number): boolean {
  return (byte & 0xc0) === 0x80
}

/** As its first byte says. */
function characterLength(first: number): number {
  if (first < 0xc0) return 1
  if (first < 0xe0) return 2
  return first < 0xf0 ? 3 : 4
}
