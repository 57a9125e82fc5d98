import { checkRecordOptions, type Only, optionError, type RecordSchemas } from '../datasets/check-options.ts'
import type { FromSchemas } from '../datasets/from-schemas.ts'
import { isTag } from '../datasets/is-tag.ts'
import {
  type Dataset,
  type DatasetOrigin,
  type DatasetRecord,
  type OpenOptions,
  openSource,
  type SourceDataset,
  type SourceItem,
} from '../model/dataset.ts'
import { makeVisible, quote } from '../model/quote.ts'
import type { PulledRecords, RecordsWish } from './read-dataset.ts'

/** Which records of a dataset at Datadog are meant, and what they must be. */
export interface DatadogDatasetOptions extends RecordSchemas {
  /** @default the newest when it is first read */
  readonly version?: number
  /** Only records with one of these `'key:value'` tags. @default all */
  readonly tags?: readonly string[]
  /** Project of the dataset. @default DD_LLMOBS_PROJECT_NAME, else `default-project` */
  readonly project?: string
}

/**
 * Records from a dataset at Datadog, in the order of their ids. What was written a moment ago is waited for. An experiment on it is
 * pushed onto this very dataset and version: nothing of it is sent back. Needs `DD_API_KEY` and `DD_APP_KEY`.
 *
 * @param name The dataset's name.
 * @param options `version`, `tags` and `project` say which records are meant; `input`, `expectedOutput` and `metadata` what these
 *   must be, in any Standard Schema library (zod, valibot, arktype). Without a schema a value is `unknown`.
 * @throws LlmobsExpError `E_BACKEND_UNKNOWN` for a dataset, version or project that is not there, `E_BACKEND_SETTINGS` without
 *   keys, `E_BACKEND_REFUSED` and `E_BACKEND_UNREACHABLE`, all before the first task; `E_DEFINITION` for arguments that are none
 * @example
 * dataset: datadogDataset('tickets', { version: 3, input: z.object({ ticket: z.string() }) })
 */
export function datadogDataset<const O extends DatadogDatasetOptions = Record<never, never>>(
  name: string,
  options?: O & Only<O, DatadogDatasetOptions>,
): Dataset<FromSchemas<O>>
export function datadogDataset(name: string, options: DatadogDatasetOptions = {}): SourceDataset<DatasetRecord> {
  checkWish(name, options)
  const { version, tags, project } = options
  const wish = {
    name,
    ...(version === undefined ? {} : { version }),
    ...(tags === undefined ? {} : { tags }),
    ...(project === undefined ? {} : { project }),
  }
  return describeDataset({ description: describe(name, version), wish, schemas: options })
}

interface Described {
  readonly description: string
  readonly wish: RecordsWish
  readonly schemas: RecordSchemas
}

function describeDataset(dataset: Described): SourceDataset<DatasetRecord> {
  const { description, wish } = dataset
  let kept: Promise<PulledRecords> | undefined
  let origin: DatasetOrigin | undefined
  const pull = async (open: OpenOptions): Promise<PulledRecords> => {
    const { pullRecords } = await import('./read-dataset.ts')
    return pullRecords({ ...wish, ...versionOf(open.origin) }, { asker: description, signal: open.signal })
  }
  // A check, a run, and the runs of other variants see the same records, whatever becomes of the dataset meanwhile.
  const keep = (open: OpenOptions): Promise<PulledRecords> => {
    kept ??= pull(open).catch((error: unknown) => {
      kept = undefined
      throw error
    })
    return kept
  }
  return {
    [openSource]: {
      description,
      checkedFirst: true,
      async *read(open) {
        open.signal.throwIfAborted()
        const pulled = await keep(open)
        origin = pulled.origin
        yield* readBatches(pulled, dataset, open)
      },
      origin: () => origin,
    },
    async *[Symbol.asyncIterator]() {
      const open: OpenOptions = { baseFolder: '.', signal: new AbortController().signal }
      const { recordError } = await import('../datasets/record-error.ts')
      for await (const batch of readBatches(await pull(open), dataset, open)) {
        for (const item of batch) {
          if (item.status === 'invalid') throw recordError(item.problem)
          yield item.record
        }
      }
    },
  }
}

async function* readBatches(
  { records }: PulledRecords,
  { schemas, description }: Described,
  open: OpenOptions,
): AsyncGenerator<readonly SourceItem[], void, undefined> {
  const { toItems } = await import('./read-dataset.ts')
  yield* toItems(records, { schemas, owner: description, open })
}

function versionOf(origin: DatasetOrigin | undefined): { readonly version?: number } {
  return origin === undefined ? {} : { version: origin.version }
}

function describe(name: string, version: number | undefined): string {
  return makeVisible(`datadogDataset ${name}${version === undefined ? '' : `, version ${version}`}`)
}

function checkWish(name: unknown, options: DatadogDatasetOptions): void {
  if (typeof name !== 'string' || name === '') {
    throw optionError('datadogDataset', `expected the name of a dataset, got ${quote(name)}`)
  }
  const owner = describe(name, undefined)
  checkRecordOptions(options, owner, ['version', 'tags', 'project'])
  const { version, tags, project } = options
  if (version !== undefined && !(Number.isSafeInteger(version) && version > 0)) {
    throw optionError(owner, `version: expected a whole number from 1 on, got ${quote(version)}`)
  }
  if (tags !== undefined && !(Array.isArray(tags) && tags.length > 0 && tags.every(isTag))) {
    throw optionError(owner, `tags: expected an array of "key:value" strings, got ${quote(tags)}`)
  }
  if (project !== undefined && (typeof project !== 'string' || project === '')) {
    throw optionError(owner, `project: expected the name of a project, got ${quote(project)}`)
  }
}
