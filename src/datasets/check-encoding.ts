import type { FileHandle } from 'node:fs/promises'
import { LlmobsExpError } from '../model/errors.ts'
import { makeVisible } from '../model/quote.ts'

const LOOK_AT = 8

interface Signature {
  /** `undefined` stands for any. */
  readonly bytes: readonly (number | undefined)[]
  readonly name: string
}

/** What files begin with that are no text, or no UTF-8. */
const signatures: readonly Signature[] = [
  { bytes: [0xff, 0xfe], name: 'UTF-16 (little endian)' },
  { bytes: [0xfe, 0xff], name: 'UTF-16 (big endian)' },
  { bytes: [0x1f, 0x8b], name: 'a gzip file' },
  { bytes: [0x50, 0x4b, 0x03, 0x04], name: 'a zip archive, which workbooks (.xlsx, .ods) are too' },
  { bytes: [0x28, 0xb5, 0x2f, 0xfd], name: 'a zstd file' },
  { bytes: [0x42, 0x5a, 0x68, undefined, 0x31, 0x41, 0x59, 0x26], name: 'a bzip2 file' },
  { bytes: [0xfd, 0x37, 0x7a, 0x58, 0x5a], name: 'an xz file' },
  { bytes: [0x50, 0x41, 0x52, 0x31, 0x15], name: 'a Parquet file' },
]

/** Whether a file begins as gzip files do, whatever its name. Leaves the place where it is read from. */
export async function isGzip(handle: FileHandle): Promise<boolean> {
  const start = Buffer.alloc(2)
  const { bytesRead } = await handle.read(start, 0, 2, 0)
  return bytesRead === 2 && start[0] === 0x1f && start[1] === 0x8b
}

/**
 * Refuses what is no UTF-8 text from its first bytes on, before each of its lines is reported as broken.
 *
 * @throws LlmobsExpError `E_DATASET_FILE`
 */
export async function* checkEncoding(
  chunks: AsyncIterable<Buffer>,
  file: string,
): AsyncGenerator<Buffer, void, undefined> {
  let isStart = true
  for await (const chunk of chunks) {
    const encoding = isStart ? guessEncoding(chunk.subarray(0, LOOK_AT)) : undefined
    if (encoding !== undefined) throw wrongEncoding(file, encoding)
    isStart = false
    yield chunk
  }
}

function wrongEncoding(file: string, encoding: string): LlmobsExpError {
  return new LlmobsExpError('E_DATASET_FILE', `${makeVisible(file)}:1:1: expected UTF-8 text, got ${encoding}`, {
    location: { file, line: 1, column: 1 },
  })
}

function guessEncoding(start: Buffer): string | undefined {
  const known = signatures.find(({ bytes }) =>
    bytes.every((byte, index) => byte === undefined || byte === start[index]),
  )
  if (known !== undefined) return known.name
  // No JSON and no table begins with a NUL, and none has one as its second byte.
  if (start.length >= 2 && start[0] === 0) return 'UTF-16 (big endian, without a byte order mark)'
  if (start.length >= 2 && start[1] === 0) return 'UTF-16 (little endian, without a byte order mark)'
  return undefined
}
