import type { Dataset, DatasetRecord } from '../model/dataset.ts'
import { checkFileOptions, type FileOptions, type Only } from './check-options.ts'
import { fileDataset, sourceFile } from './file-dataset.ts'
import type { FromSchemas } from './from-schemas.ts'

/**
 * Records from a file of JSON Lines: one object a line, `{ id?, input, expectedOutput?, metadata?, tags? }`. `tags` are
 * `'key:value'` strings. The file is UTF-8, and may be packed with gzip; blank lines are skipped. It is read as a stream, however
 * large it is.
 *
 * @param path A relative path starts from the folder of the experiment file that is run (from the current folder when the
 *   dataset is iterated directly); a `URL` is taken as it is.
 * @param options What `input`, `expectedOutput` and `metadata` must be, in any Standard Schema library (zod, valibot, arktype).
 *   Their outputs are the values that the task and the evaluators see, and give them their types. Without a schema a value is
 *   `unknown`. `maxUnpackedBytes` says how large a gzip file may become (2 GB, and 100 times its size).
 * @throws LlmobsExpError `E_DATASET_FILE` when the file is none that can be read; `E_DATASET_RECORD` for a line that is no
 *   record, naming file, line and column; `E_DEFINITION` for arguments that are no path and no options. Files are checked
 *   through before the first task is run, unless `--skip-invalid` says to leave such lines out.
 * @example
 * dataset: jsonl('./triage.jsonl', {
 *   input: z.object({ ticket: z.string() }),
 *   expectedOutput: z.enum(['bug', 'billing', 'other']),
 * })
 */
export function jsonl<const O extends FileOptions = Record<never, never>>(
  path: string | URL,
  options?: O & Only<O, FileOptions>,
): Dataset<FromSchemas<O>>
export function jsonl(path: string | URL, options: FileOptions = {}): Dataset<DatasetRecord> {
  const source = sourceFile('jsonl', path)
  checkFileOptions(options, source.description)
  const loadFormat = async () => {
    const { jsonlFormat } = await import('./jsonl-format.ts')
    return () => jsonlFormat
  }
  return fileDataset({ source, options, loadFormat })
}
