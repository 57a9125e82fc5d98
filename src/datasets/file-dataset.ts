import {
  type DatasetRecord,
  type OpenOptions,
  openSource,
  type SourceDataset,
  type SourceItem,
} from '../model/dataset.ts'
import { quote } from '../model/quote.ts'
import { type FileOptions, optionError } from './check-options.ts'
import { describeFile, type SourceFile } from './describe-file.ts'
import type { Format } from './entry.ts'

type Batches = AsyncGenerator<readonly SourceItem[], void, undefined>

export interface FileDataset {
  readonly source: SourceFile
  readonly options: FileOptions
  /** Every worker imports a source when it starts; what reads is loaded when something is read. */
  readonly loadFormat: () => Promise<(file: string) => Format>
}

/** @throws LlmobsExpError `E_DEFINITION` for what is neither a path nor a URL */
export function sourceFile(kind: string, path: unknown): SourceFile {
  if (path === '' || !(typeof path === 'string' || path instanceof URL)) {
    throw optionError(kind, `expected a path or a URL, got ${quote(path)}`)
  }
  return { description: describeFile(kind, path), path }
}

/** A dataset that is read from a file, and can be iterated by a script too. */
export function fileDataset(dataset: FileDataset): SourceDataset<DatasetRecord> {
  const { description } = dataset.source
  const read = (open: OpenOptions) => readBatches(dataset, open)
  return {
    [openSource]: { description, checkedFirst: true, read },
    [Symbol.asyncIterator]: () => iterate(read({ baseFolder: '.', signal: new AbortController().signal })),
  }
}

async function* readBatches({ source, options, loadFormat }: FileDataset, open: OpenOptions): Batches {
  const [{ readFile }, createFormat] = await Promise.all([import('./read-file.ts'), loadFormat()])
  yield* readFile({ source, options, open, createFormat })
}

async function* iterate(batches: Batches): AsyncGenerator<DatasetRecord, void, undefined> {
  const { recordError } = await import('./record-error.ts')
  for await (const batch of batches) {
    for (const item of batch) {
      if (item.status === 'invalid') throw recordError(item.problem)
      yield item.record
    }
  }
}
