import { quote } from '../model/quote.ts'
import { suggest } from '../model/suggest.ts'
import type { CsvColumns } from './csv.ts'
import { type CsvHeader, headerError } from './csv-header.ts'
import { listNames } from './list-names.ts'
import { otherNames } from './other-names.ts'

/** Where a member of a record comes from: one column, or several whose names are kept. */
export type Picked =
  | { readonly kind: 'one'; readonly column: number }
  | { readonly kind: 'several'; readonly columns: readonly number[]; readonly names: readonly string[] }

/** Which columns make which member. */
export interface CsvLayout {
  readonly width: number
  readonly input: Picked
  readonly expectedOutput: Picked | undefined
  readonly metadata: Picked | undefined
  readonly id: Picked | undefined
  readonly tags: Picked | undefined
}

type Member = keyof CsvColumns

/** @throws LlmobsExpError `E_DATASET_FILE` when the columns that are wanted are not there */
export function resolveLayout(header: CsvHeader, columns: CsvColumns): CsvLayout {
  const pick = (member: Member, wanted: string | readonly string[] | false | undefined) =>
    wanted === undefined || wanted === false ? undefined : pickColumns(header, member, wanted)
  const input = pickColumns(header, 'input', columns.input ?? defaultInput(header))
  const expectedOutput = pick('expectedOutput', columns.expectedOutput ?? findExpected(header))
  const id = pick('id', columns.id ?? findName(header, 'id'))
  const tags = pick('tags', columns.tags ?? findName(header, 'tags'))
  const rest = namesOfOthers(header, [input, expectedOutput, id, tags])
  if (columns.metadata === undefined && columns.expectedOutput === undefined && expectedOutput === undefined) {
    refuseLookalike(header, rest)
  }
  const metadata = pick('metadata', columns.metadata ?? (rest.length > 0 && rest))
  return { width: header.names.length, input, expectedOutput, metadata, id, tags }
}

/** The columns that make a member. */
export function columnsOf(picked: Picked | undefined): readonly number[] {
  if (picked === undefined) return []
  return picked.kind === 'one' ? [picked.column] : picked.columns
}

function pickColumns(header: CsvHeader, member: Member, wanted: string | readonly string[]): Picked {
  if (typeof wanted === 'string') return { kind: 'one', column: findColumn(header, member, wanted) }
  const columns = wanted.map((name) => findColumn(header, member, name))
  return { kind: 'several', columns, names: wanted }
}

function findColumn(header: CsvHeader, member: Member, name: string): number {
  const [column, second] = header.columns.get(name) ?? []
  if (second !== undefined) {
    const message = `expected columns of different names, got ${quote(name)} twice`
    throw headerError(header, {
      message,
      column: second,
      hint: `rename one of them, or say what is to be read: columns: { … }`,
    })
  }
  return column ?? refuseMissing(header, member, name)
}

function refuseMissing(header: CsvHeader, member: Member, name: string): never {
  const names = namesOf(header)
  const near = suggest(name, names)
  const suggestion = near === undefined ? '' : `; did you mean ${quote(near)}?`
  throw headerError(header, {
    message: `expected a column ${quote(name)} (columns.${member}), got ${listNames(names)}${suggestion}`,
    hint: separatorHint(header),
  })
}

function defaultInput(header: CsvHeader): string {
  if (header.columns.has('input')) return 'input'
  const names = namesOf(header)
  const near =
    names.find((name) => otherNames.get(name.toLowerCase()) === 'input') ?? suggest('input', names) ?? names[0]
  const mapping = `columns: { input: ${JSON.stringify(near ?? '…')} } says which it is; header: […] names the columns of a file without a header line`
  throw headerError(header, {
    message: `expected a column "input", got ${names.length === 0 ? 'no names' : listNames(names)}`,
    hint: separatorHint(header) ?? mapping,
  })
}

function namesOf(header: CsvHeader): readonly string[] {
  return header.names.filter((name) => name !== '')
}

/** A whole line that is taken for one name has another separator in it. */
function separatorHint({ names, dialect }: CsvHeader): string | undefined {
  const [only = '', second] = names
  const separator = [';', '\t', '|', ','].find(
    (character) => character !== dialect.delimiter && only.includes(character),
  )
  if (second !== undefined || separator === undefined) return undefined
  return `is it separated by ${JSON.stringify(separator)}? delimiter: ${JSON.stringify(separator)}`
}

function findName(header: CsvHeader, name: string): string | undefined {
  return header.columns.has(name) ? name : undefined
}

function findExpected(header: CsvHeader): string | undefined {
  const [first, second] = ['expectedOutput', 'expected_output'].filter((name) => header.columns.has(name))
  if (second === undefined) return first
  throw headerError(header, {
    message: `expected one column with the expected output, got ${listNames([first ?? '', second])}`,
    column: header.columns.get(second)?.[0],
    hint: `columns: { expectedOutput: ${JSON.stringify(first)} } says which`,
  })
}

function namesOfOthers(header: CsvHeader, used: readonly (Picked | undefined)[]): readonly string[] {
  const taken = new Set(used.flatMap(columnsOf))
  return header.names.filter((name, column) => name !== '' && !taken.has(column))
}

/** Taken for metadata, an expected output under another name would leave evaluators with nothing to compare. */
function refuseLookalike(header: CsvHeader, rest: readonly string[]): void {
  const name = rest.find((other) => {
    const word = other.toLowerCase()
    return (
      otherNames.get(word) === 'expectedOutput' || suggest(word, ['expectedOutput', 'expected_output']) !== undefined
    )
  })
  if (name === undefined) return
  const quoted = JSON.stringify(name)
  throw headerError(header, {
    message: `expected a column "expectedOutput", got ${quote(name)}`,
    column: header.columns.get(name)?.[0],
    hint: `columns: { expectedOutput: ${quoted} } if that is what it is, else columns: { expectedOutput: false }`,
  })
}
