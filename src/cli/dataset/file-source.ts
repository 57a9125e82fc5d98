import { csv } from '../../datasets/csv.ts'
import { json } from '../../datasets/json.ts'
import { jsonl } from '../../datasets/jsonl.ts'
import { openDataset } from '../../datasets/open-dataset.ts'
import type { DatasetSource } from '../../model/dataset.ts'
import { LlmobsExpError } from '../../model/errors.ts'
import { quote } from '../../model/quote.ts'

const readers: { readonly [extension: string]: (path: string) => unknown } = {
  csv: (path) => csv(path),
  json: (path) => json(path),
  jsonl: (path) => jsonl(path),
  ndjson: (path) => jsonl(path),
  tsv: (path) => csv(path),
}

/**
 * The records of a file, read as its name says.
 * @throws LlmobsExpError `E_USAGE` for a name that does not
 */
export function fileSource(path: string): DatasetSource {
  const [, extension = ''] = /\.([^./\\]+?)(?:\.gz)?$/i.exec(path) ?? []
  const kind = extension.toLowerCase()
  const read = Object.hasOwn(readers, kind) ? readers[kind] : undefined
  if (read !== undefined) return openDataset(read(path)).source
  const expected = 'a file named .jsonl, .json or .csv, perhaps with .gz behind it'
  throw new LlmobsExpError('E_USAGE', `dataset push: expected ${expected}, got ${quote(path)}`)
}
