import type { FileHandle } from 'node:fs/promises'
import { pipeline } from 'node:stream'
import { createGunzip, type Gunzip } from 'node:zlib'
import { LlmobsExpError } from '../model/errors.ts'
import { CHUNK_BYTES } from './read-chunks.ts'

const MEGABYTE = 1024 * 1024
/** Texts that repeat themselves a lot get to 20 or 50; what is made to fill a disk gets to 1,000. */
const MAX_RATIO = 100
/** Below this no ratio is of harm. */
const RATIO_COUNTS_FROM = 64 * MEGABYTE
const MAX_BYTES = 2048 * MEGABYTE

export interface UnpackOptions {
  readonly handle: FileHandle
  /** For messages. */
  readonly description: string
  readonly file: string
  readonly signal: AbortSignal
  /** How much it may become, whatever the ratio. Without it, at most 2 GB and at most 100 times its size. */
  readonly maxBytes: number | undefined
}

/**
 * Unpacks a gzip file as a stream, and stops at what is no dataset but a bomb.
 *
 * @throws LlmobsExpError `E_DATASET_FILE`
 */
export async function* unpack(options: UnpackOptions): AsyncGenerator<Buffer, void, undefined> {
  const { handle, signal } = options
  signal.throwIfAborted()
  const packed = handle.createReadStream({ start: 0, autoClose: false, highWaterMark: CHUNK_BYTES })
  const gunzip = createGunzip({ chunkSize: CHUNK_BYTES })
  // What goes wrong arrives at who reads.
  pipeline(packed, gunzip, () => {})
  let unpackedBytes = 0
  try {
    for await (const chunk of gunzip) {
      signal.throwIfAborted()
      if (!Buffer.isBuffer(chunk)) continue
      unpackedBytes += chunk.length
      refuseBomb(gunzip, unpackedBytes, options)
      yield chunk
    }
  } catch (cause) {
    throw isGzipFault(cause) ? brokenFile(cause, options) : cause
  }
}

function refuseBomb({ bytesWritten }: Gunzip, unpackedBytes: number, options: UnpackOptions): void {
  const { maxBytes = MAX_BYTES } = options
  if (unpackedBytes > maxBytes) throw tooLarge(`at most ${maxBytes} bytes when it is unpacked, got more`, options)
  if (options.maxBytes !== undefined || unpackedBytes < RATIO_COUNTS_FROM || unpackedBytes <= MAX_RATIO * bytesWritten)
    return
  const got = `${unpackedBytes} bytes out of the first ${bytesWritten}`
  throw tooLarge(`at most ${MAX_RATIO} times its size when it is unpacked, got ${got}`, options)
}

function tooLarge(what: string, { description, file }: UnpackOptions): LlmobsExpError {
  return new LlmobsExpError('E_DATASET_FILE', `${description}: expected ${what}`, {
    hint: 'if it is what you expect, say how much it may become: maxUnpackedBytes: 8e9',
    location: { file },
  })
}

function isGzipFault(thrown: unknown): thrown is Error {
  return thrown instanceof Error && /^Z_/.test(String(Reflect.get(thrown, 'code')))
}

function brokenFile(cause: Error, { description, file }: UnpackOptions): LlmobsExpError {
  const got = Reflect.get(cause, 'code') === 'Z_BUF_ERROR' ? 'one that is cut off' : `a damaged one (${cause.message})`
  return new LlmobsExpError('E_DATASET_FILE', `${description}: expected a whole gzip file, got ${got}`, {
    location: { file },
    cause,
  })
}
