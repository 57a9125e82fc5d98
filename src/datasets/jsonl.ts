import type { StandardSchemaV1 } from '@standard-schema/spec'
import {
  type Dataset,
  type DatasetRecord,
  type OpenOptions,
  openSource,
  type SourceDataset,
  type SourceItem,
} from '../model/dataset.ts'
import { LlmobsExpError } from '../model/errors.ts'
import { quote } from '../model/quote.ts'
import { checkSchemas, type RecordSchemas } from './check-schemas.ts'
import { describeFile, type SourceFile } from './describe-file.ts'

type OutputOf<S> = S extends StandardSchemaV1 ? StandardSchemaV1.InferOutput<S> : unknown
type RequiredValues<S> = { readonly [K in keyof S as undefined extends OutputOf<S[K]> ? never : K]: OutputOf<S[K]> }
type OptionalValues<S> = { readonly [K in keyof S as undefined extends OutputOf<S[K]> ? K : never]?: OutputOf<S[K]> }

/** The record that schemas describe: what they have as output, under `input`, `expectedOutput` and `metadata`. */
export type FromSchemas<S> = RequiredValues<S> & OptionalValues<S> & DatasetRecord

type Batches = AsyncGenerator<readonly SourceItem[], void, undefined>

/**
 * Records from a file of JSON Lines: one object a line, `{ id?, input, expectedOutput?, metadata?, tags? }`. `tags` are
 * `'key:value'` strings. The file is UTF-8; blank lines are skipped. It is read as a stream, however large it is.
 *
 * @param path A relative path starts from the folder of the experiment file that is run (from the current folder when the
 *   dataset is iterated directly); a `URL` is taken as it is.
 * @param schemas What `input`, `expectedOutput` and `metadata` must be, in any Standard Schema library (zod, valibot, arktype).
 *   Their outputs are the values that the task and the evaluators see, and give them their types. Without a schema a value is `unknown`.
 * @throws LlmobsExpError `E_DATASET_FILE` when the file is none that can be read; `E_DATASET_RECORD` for a line that is no
 *   record, naming file, line and column; `E_DEFINITION` for arguments that are no path and no schemas. Files are checked
 *   through before the first task is run, unless `--skip-invalid` says to leave such lines out.
 * @example
 * dataset: jsonl('./triage.jsonl', {
 *   input: z.object({ ticket: z.string() }),
 *   expectedOutput: z.enum(['bug', 'billing', 'other']),
 * })
 */
export function jsonl<const S extends RecordSchemas = Record<never, never>>(
  path: string | URL,
  schemas?: S,
): Dataset<FromSchemas<S>>
export function jsonl(path: string | URL, schemas: RecordSchemas = {}): Dataset<DatasetRecord> {
  if (path === '' || !(typeof path === 'string' || path instanceof URL)) {
    throw new LlmobsExpError('E_DEFINITION', `jsonl: expected a path or a URL, got ${quote(path)}`)
  }
  const file: SourceFile = { description: describeFile('jsonl', path), path }
  checkSchemas(schemas, file.description)
  const read = (options: OpenOptions) => readFile(file, schemas, options)
  const dataset: SourceDataset<DatasetRecord> = {
    [openSource]: { description: file.description, checkedFirst: true, files: [path], read },
    [Symbol.asyncIterator]: () => iterate(read({ baseFolder: '.', signal: new AbortController().signal })),
  }
  return dataset
}

/** Every worker imports this file when it starts; what reads is left until something is read. */
async function* readFile(file: SourceFile, schemas: RecordSchemas, options: OpenOptions): Batches {
  const { readJsonl } = await import('./read-jsonl.ts')
  yield* readJsonl({ file, schemas, options })
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
