import type { FileHandle } from 'node:fs/promises'
import type { OpenOptions, SourceItem } from '../model/dataset.ts'
import { createChecker } from './apply-schemas.ts'
import { checkEncoding, isGzip } from './check-encoding.ts'
import { checkEntries } from './check-entries.ts'
import type { FileOptions } from './check-options.ts'
import { decodeText } from './decode-text.ts'
import type { SourceFile } from './describe-file.ts'
import type { Format } from './entry.ts'
import { describeFault, fileError, isSystemError, openRegularFile } from './open-file.ts'
import { readChunks } from './read-chunks.ts'
import { unpack } from './unpack.ts'

export interface ReadFileOptions {
  readonly source: SourceFile
  readonly options: FileOptions
  readonly open: OpenOptions
  readonly createFormat: (file: string) => Format
}

/**
 * Reads a file of records as a stream: opens it, unpacks it, decodes it, takes it apart as its format says, and checks what stands
 * in it.
 *
 * @throws LlmobsExpError `E_DATASET_FILE`
 */
export async function* readFile(reading: ReadFileOptions): AsyncGenerator<readonly SourceItem[], void, undefined> {
  const { description } = reading.source
  const { file, handle } = await openRegularFile(reading.source, reading.open.baseFolder)
  try {
    const format = reading.createFormat(file)
    const chunks = await readBytes(handle, file, reading)
    const entries = format.parse(decodeText(checkEncoding(chunks, file)))
    yield* checkEntries(entries, { file, locate: format.locate, check: createChecker(reading.options) })
  } catch (cause) {
    if (!isSystemError(cause)) throw cause
    throw fileError({ file, description, ...describeFault(cause) })
  } finally {
    await handle.close()
  }
}

async function readBytes(
  handle: FileHandle,
  file: string,
  { source, options, open }: ReadFileOptions,
): Promise<AsyncIterable<Buffer>> {
  if (!(await isGzip(handle))) return readChunks(handle, open.signal)
  const { description } = source
  return unpack({ handle, description, file, signal: open.signal, maxBytes: options.maxUnpackedBytes })
}
