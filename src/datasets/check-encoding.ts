import { LlmobsExpError } from '../model/errors.ts'
import { makeVisible } from '../model/quote.ts'
import type { ByteReader } from './read-lines.ts'

const LOOK_AT = 4

/**
 * Refuses what is no UTF-8 text from its first bytes on, before each of its lines is reported as broken.
 *
 * @throws LlmobsExpError `E_DATASET_FILE`
 */
export async function checkEncoding(bytes: ByteReader, file: string): Promise<void> {
  const start = Buffer.alloc(LOOK_AT)
  const { bytesRead } = await bytes.read(start, 0, LOOK_AT, 0)
  const encoding = guessEncoding(start.subarray(0, bytesRead))
  if (encoding === undefined) return
  throw new LlmobsExpError('E_DATASET_FILE', `${makeVisible(file)}:1:1: expected UTF-8 text, got ${encoding}`, {
    location: { file, line: 1, column: 1 },
  })
}

function guessEncoding(start: Buffer): string | undefined {
  const [first, second] = start
  if (first === 0xff && second === 0xfe) return 'UTF-16 (little endian)'
  if (first === 0xfe && second === 0xff) return 'UTF-16 (big endian)'
  if (first === 0x1f && second === 0x8b) return 'a gzip file'
  // No JSON begins with a NUL, and none has one as its second byte.
  if (start.length >= 2 && first === 0) return 'UTF-16 (big endian, without a byte order mark)'
  if (start.length >= 2 && second === 0) return 'UTF-16 (little endian, without a byte order mark)'
  return undefined
}
