import type { OpenOptions, SourceItem } from '../model/dataset.ts'
import { createChecker, type RecordChecker } from './apply-schemas.ts'
import { checkEncoding } from './check-encoding.ts'
import type { RecordSchemas } from './check-schemas.ts'
import type { SourceFile } from './describe-file.ts'
import { describeFault, fileError, isSystemError, openRegularFile, resolveFile } from './open-file.ts'
import { invalid, parseLine } from './parse-line.ts'
import { type LineBatch, readLines } from './read-lines.ts'

export interface JsonlOptions {
  readonly file: SourceFile
  readonly schemas: RecordSchemas
  readonly options: OpenOptions
}

/** @throws LlmobsExpError `E_DATASET_FILE` */
export async function* readJsonl({
  file: source,
  schemas,
  options,
}: JsonlOptions): AsyncGenerator<readonly SourceItem[], void, undefined> {
  const check = createChecker(schemas)
  const file = resolveFile(source, options.baseFolder)
  const handle = await openRegularFile(file, source.description)
  try {
    await checkEncoding(handle, file)
    for await (const batch of readLines(handle, options)) yield await toItems(batch, { file, check })
  } catch (cause) {
    if (!isSystemError(cause)) throw cause
    throw fileError({ file, description: source.description, got: describeFault(cause), cause })
  } finally {
    await handle.close()
  }
}

interface Reading {
  readonly file: string
  readonly check: RecordChecker | undefined
}

async function toItems({ firstLine, lines }: LineBatch, { file, check }: Reading): Promise<SourceItem[]> {
  const items: SourceItem[] = []
  for (let index = 0; index < lines.length; index++) {
    const line = lines[index] ?? ''
    const place = { file, line: firstLine + index }
    const item = parseLine(line, place)
    if (item?.status !== 'record' || check === undefined || typeof line !== 'string') {
      if (item !== undefined) items.push(item)
      continue
    }
    const outcome = check(item.record)
    // Awaiting what is no promise costs more than most schemas.
    const checked = outcome instanceof Promise ? await outcome : outcome
    items.push(checked.status === 'record' ? { ...checked, ...place } : invalid(checked, line, place))
  }
  return items
}
