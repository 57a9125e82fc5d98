import type { StandardSchemaV1 } from '@standard-schema/spec'
import type { Dataset, DatasetRecord } from '../model/dataset.ts'
import type { FileOptions, Only } from './check-options.ts'
import { checkCsvOptions } from './csv-options.ts'
import { fileDataset, sourceFile } from './file-dataset.ts'

/** Which columns make which member of a record. What is not said here keeps its default. */
export interface CsvColumns {
  /**
   * The column whose cell is the input, or several that make an object: `['question', 'context']`.
   * @default 'input'
   */
  readonly input?: string | readonly string[]
  /**
   * The column whose cell is the expected output, several that make an object, or `false` for none.
   * @default the column `expectedOutput` or `expected_output`, if there is one
   */
  readonly expectedOutput?: string | readonly string[] | false
  /**
   * The columns that make an object, or `false` for none.
   * @default every column that is not used otherwise
   */
  readonly metadata?: readonly string[] | false
  /**
   * The column with a name for each record, or `false` for none. Where it is empty, the input names the record.
   * @default the column `id`, if there is one
   */
  readonly id?: string | false
  /**
   * The column with `key:value` tags, separated by commas or semicolons; or columns that are tags themselves: `['lang']` makes
   * `lang:de`; or `false` for none.
   * @default the column `tags`, if there is one
   */
  readonly tags?: string | readonly string[] | false
}

/** Options of `csv()`. */
export interface CsvOptions extends FileOptions {
  readonly columns?: CsvColumns
  /**
   * What separates cells.
   * @default ',' and for files named `.tsv` a tab
   */
  readonly delimiter?: string
  /**
   * What encloses cells with delimiters, line breaks or quotes in them, where it is doubled; `false` for nothing.
   * @default '"'
   */
  readonly quote?: string | false
  /** Names of the columns of a file that has no header line. */
  readonly header?: readonly string[]
}

type Texts<N extends readonly string[]> = { readonly [K in N[number]]?: string }
type Cells<C> = C extends readonly string[] ? Texts<C> : string
type ColumnsOf<O> = 'columns' extends keyof O ? O['columns'] : undefined
type Mapping<O, F extends keyof CsvColumns> =
  ColumnsOf<O> extends infer C ? (F extends keyof C ? C[F] : undefined) : never

type OwnInput<M> = M extends undefined ? string : Cells<M>
type OwnExpected<M> = M extends false ? undefined : M extends undefined ? string | undefined : Cells<M> | undefined
type OwnMetadata<M> = M extends readonly string[]
  ? Texts<M>
  : M extends false
    ? undefined
    : { readonly [column: string]: string | undefined } | undefined

type ValueOf<O, F extends keyof FileOptions, Own> = O extends { readonly [K in F]: infer S extends StandardSchemaV1 }
  ? StandardSchemaV1.InferOutput<S>
  : Own
type Member<F extends string, T> = undefined extends T ? { readonly [K in F]?: T } : { readonly [K in F]: T }

type OnlyKnown<O> = Only<O, CsvOptions> & {
  readonly columns?: ColumnsOf<O> extends infer C extends object ? Only<C, CsvColumns> : unknown
}

/** The record that columns and schemas describe. What has no schema is text. */
export type FromCsv<O> = Member<'input', ValueOf<O, 'input', OwnInput<Mapping<O, 'input'>>>> &
  Member<'expectedOutput', ValueOf<O, 'expectedOutput', OwnExpected<Mapping<O, 'expectedOutput'>>>> &
  Member<'metadata', ValueOf<O, 'metadata', OwnMetadata<Mapping<O, 'metadata'>>>> &
  DatasetRecord

/**
 * Records from a table of comma-separated values. The first line names the columns. Without `columns`, those named `id`, `input`,
 * `expectedOutput` (or `expected_output`) and `tags` are these members, and all others are metadata. The file is UTF-8, and may be
 * packed with gzip; lines end in LF, CRLF or CR; blank lines are skipped. It is read as a stream, however large it is.
 *
 * Cells are text, and an empty cell is no value: its member is left out. Schemas make numbers, dates and the like of them.
 *
 * @param path As that of {@link jsonl}.
 * @param options `columns` says which columns make which member; schemas and `maxUnpackedBytes` are those of {@link jsonl}, and get
 *   the text of a cell, or an object of texts where several columns make one member.
 * @throws LlmobsExpError `E_DATASET_FILE` when the file cannot be read, lacks a column, or has a quote that is not closed;
 *   `E_DATASET_RECORD` for a row that is no record; both name file, line and column. `E_DEFINITION` for arguments that are no path
 *   and no options.
 * @example
 * dataset: csv('./capitals.csv', {
 *   columns: { input: 'country', expectedOutput: ['capital', 'population'], metadata: ['continent'], id: 'code' },
 *   expectedOutput: z.object({ capital: z.string(), population: z.coerce.number() }),
 * })
 */
export function csv<const O extends CsvOptions = Record<never, never>>(
  path: string | URL,
  options?: O & OnlyKnown<O>,
): Dataset<FromCsv<O>>
export function csv(path: string | URL, options: CsvOptions = {}): Dataset<DatasetRecord> {
  const source = sourceFile('csv', path)
  checkCsvOptions(options, source.description)
  const dialect = {
    delimiter: options.delimiter ?? (/\.tsv(?:\.gz)?$/i.test(source.description) ? '\t' : ','),
    quote: options.quote === false ? undefined : (options.quote ?? '"'),
  }
  const loadFormat = async () => {
    const { createCsvFormat } = await import('./csv-format.ts')
    return (file: string) => createCsvFormat({ file, dialect, columns: options.columns ?? {}, header: options.header })
  }
  return fileDataset({ source, options, loadFormat })
}
