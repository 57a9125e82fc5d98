import type { Dataset, DatasetRecord } from '../model/dataset.ts'
import { quote } from '../model/quote.ts'
import { checkFileOptions, type FileOptions, type Only, optionError } from './check-options.ts'
import { fileDataset, sourceFile } from './file-dataset.ts'
import type { FromSchemas } from './from-schemas.ts'

/** The way to a value in a document: keys of objects, indexes of arrays. */
export type JsonPath = readonly (string | number)[]

/** Options of `json()`. */
export interface JsonOptions extends FileOptions {
  /**
   * Where in the document the array of records is: `'data.items'`, or `['data', 'items']` for keys with dots in them. Numbers are
   * indexes. Without it, the document itself is the array.
   */
  readonly at?: string | JsonPath
}

/**
 * Records from a JSON document: an array of `{ id?, input, expectedOutput?, metadata?, tags? }`, or a document that has one
 * somewhere. `tags` are `'key:value'` strings. The file is UTF-8, and may be packed with gzip. It is read as a stream, however large
 * it is.
 *
 * @param path As that of {@link jsonl}.
 * @param options `at`, the way to the array; schemas and `maxUnpackedBytes` as those of {@link jsonl}.
 * @throws LlmobsExpError `E_DATASET_FILE` when the file cannot be read, is not JSON, or has no array there; `E_DATASET_RECORD` for
 *   an item that is no record; both name file, line and column. `E_DEFINITION` for arguments that are no path and no options.
 * @example
 * dataset: json('./export.json', { at: 'data.items', input: z.object({ ticket: z.string() }) })
 */
export function json<const O extends JsonOptions = Record<never, never>>(
  path: string | URL,
  options?: O & Only<O, JsonOptions>,
): Dataset<FromSchemas<O>>
export function json(path: string | URL, options: JsonOptions = {}): Dataset<DatasetRecord> {
  const source = sourceFile('json', path)
  checkFileOptions(options, source.description, ['at'])
  const at = toPath(options.at, source.description)
  const loadFormat = async () => {
    const { jsonFormat } = await import('./json-format.ts')
    return (file: string) => jsonFormat(file, at)
  }
  return fileDataset({ source, options, loadFormat })
}

function toPath(at: unknown, owner: string): JsonPath {
  if (at === undefined) return []
  if (typeof at === 'string' && at !== '') return at.split('.')
  if (Array.isArray(at) && at.every(isSegment)) return at
  throw optionError(owner, `at: expected a path such as 'data.items' or ['data', 'items'], got ${quote(at)}`)
}

function isSegment(segment: unknown): segment is string | number {
  return typeof segment === 'string' || (typeof segment === 'number' && Number.isInteger(segment) && segment >= 0)
}
