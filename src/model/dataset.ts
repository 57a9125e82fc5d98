/** One record of a dataset. */
export interface DatasetRecord {
  /** Names the record across runs and experiments. Without one, its input does. */
  readonly id?: string
  readonly input: unknown
  readonly expectedOutput?: unknown
  readonly metadata?: unknown
  /** `'key:value'` strings. */
  readonly tags?: readonly string[]
}

declare const recordType: unique symbol

/** A source of records whose type is known, such as `jsonl()` returns. */
export interface Dataset<R> extends AsyncIterable<R> {
  readonly [recordType]?: R
}

// The record type is inferred whole; the key test keeps `| undefined` when one record of several lacks a key.
export type InputOf<R> = R extends { input: infer I } ? I : never
export type ExpectedOf<R> = R extends unknown
  ? 'expectedOutput' extends keyof R
    ? R['expectedOutput']
    : undefined
  : never
export type MetadataOf<R> = R extends unknown ? ('metadata' extends keyof R ? R['metadata'] : undefined) : never

/**
 * Marks a dataset that opens files or systems itself: it is told the folder of the experiment's file, can be checked before
 * anything runs, and says what is no record without ending there. The member of this name is a {@link DatasetSource}.
 */
export const openSource: unique symbol = Symbol.for('llmobs-exp.open-source')

/** What a source needs to know to open itself. */
export interface OpenOptions {
  /** Folder that relative paths start from. */
  readonly baseFolder: string
  readonly signal: AbortSignal
  /** How many items a batch may hold, and so how far user code is read ahead. @default 256 */
  readonly batchSize?: number
  /** What this source said of an earlier reading, which this one goes on with: the same records are wanted. */
  readonly origin?: DatasetOrigin
}

/** Where a dataset is kept that was read from a backend: what it holds and what it is called there is known to both sides. */
export interface DatasetOrigin {
  /** Such as `datadog`. */
  readonly backend: string
  /** Where that is: `datadoghq.com`. Elsewhere the dataset is not known. */
  readonly place: string
  /** The backend's id of it. */
  readonly id: string
  readonly name: string
  readonly version: number
}

/** Where an item of a file stands. `line` counts from 1. */
export interface ItemPlace {
  readonly file?: string
  readonly line?: number
}

/** What one item of a source is: a record, or the reason why it is none. */
export type SourceItem<R extends DatasetRecord = DatasetRecord> =
  | ({ readonly status: 'record'; readonly record: R } & ItemPlace)
  | { readonly status: 'invalid'; readonly problem: SourceProblem }

/** Why an item of a source is no record. `line` and `column` count from 1. */
export interface SourceProblem {
  readonly message: string
  readonly file?: string
  readonly line?: number
  readonly column?: number
  readonly codeFrame?: string
}

/** A dataset that opens files or systems itself, as `openSource` marks it. */
export interface SourceDataset<R> extends Dataset<R> {
  readonly [openSource]: DatasetSource
}

/**
 * A dataset that is read from outside the module. `read` may be called several times and starts from the beginning each time;
 * it yields batches, holds no more than a few of them in memory, and throws `E_DATASET_FILE` when the file cannot be read at all.
 */
export interface DatasetSource {
  /** For messages and the manifest: `jsonl ./triage.jsonl`. */
  readonly description: string
  /** Whether every item is checked before the first task; false for what can be read but once. */
  readonly checkedFirst: boolean
  /**
   * Files it reads: a relative path starts from the folder of the experiment file. With `--watch` a change of one runs again.
   * @default none
   */
  readonly files?: readonly (string | URL)[]
  read(options: OpenOptions): AsyncIterable<readonly SourceItem[]>
  /** Where the records of the last reading are kept at a backend, which then need not be sent there; a record's id is its name there. */
  origin?(): DatasetOrigin | undefined
}
