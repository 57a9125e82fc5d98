import { LlmobsExpError } from '../model/errors.ts'
import { makeVisible } from '../model/quote.ts'
import { type CsvDialect, placeCells } from './csv-cells.ts'
import type { Stretch } from './entry.ts'
import { spotError, spotIn } from './spot.ts'

/** The names of a file's columns. */
export interface CsvHeader {
  readonly file: string
  readonly dialect: CsvDialect
  /** Without the spaces around them; empty for a column that has none. */
  readonly names: readonly string[]
  /** Which columns have a name. */
  readonly columns: ReadonlyMap<string, readonly number[]>
  /** Where the names stand; `undefined` when they were given. */
  readonly stretch: Stretch | undefined
}

export function createHeader(
  cells: readonly string[],
  place: Pick<CsvHeader, 'file' | 'dialect' | 'stretch'>,
): CsvHeader {
  const names = cells.map((cell) => cell.trim())
  const columns = new Map<string, number[]>()
  for (const [column, name] of names.entries()) {
    const same = columns.get(name)
    if (same === undefined) columns.set(name, [column])
    else same.push(column)
  }
  return { ...place, names, columns }
}

interface HeaderFault {
  readonly message: string
  readonly hint?: string | undefined
  /** The column to blame, from 0. */
  readonly column?: number | undefined
}

/** Why the columns of a file are not those that are wanted. */
export function headerError(
  { file, stretch, dialect }: CsvHeader,
  { message, hint, column }: HeaderFault,
): LlmobsExpError {
  if (stretch === undefined) {
    const text = `${makeVisible(file)}: ${message}`
    return new LlmobsExpError('E_DATASET_FILE', text, { location: { file }, ...(hint === undefined ? {} : { hint }) })
  }
  const start = column === undefined ? 0 : (placeCells(stretch.text, dialect).starts[column] ?? 0)
  return spotError({ file, message, spot: spotIn(stretch, start), hint })
}
