import type { CsvColumns } from './csv.ts'
import { type CsvDialect, placeCells } from './csv-cells.ts'
import { explainCsvFailure } from './csv-failure.ts'
import { createHeader } from './csv-header.ts'
import { type CsvLayout, columnsOf, resolveLayout } from './csv-layout.ts'
import { toRecord } from './csv-record.ts'
import { createRowParser, createRowPlaces, type ParsedRows, type PlacedText, type Row } from './csv-rows.ts'
import { describeFaultyByte, type TextBlock, type TextFault } from './decode-text.ts'
import type { Entry, Format, Spot, Stretch } from './entry.ts'
import { spotError, spotIn, startOf } from './spot.ts'

export interface CsvFormatOptions {
  readonly file: string
  readonly dialect: CsvDialect
  readonly columns: CsvColumns
  /** The names of a file that has none itself. */
  readonly header: readonly string[] | undefined
}

const members = ['input', 'expectedOutput', 'metadata', 'id', 'tags'] as const satisfies readonly (keyof CsvLayout)[]

/** A table whose first line names the columns. */
export function createCsvFormat(options: CsvFormatOptions): Format {
  const { dialect } = options
  const reader = createRowReader(options)
  return {
    parse: (blocks) => parseTable(blocks, options, reader),
    locate(entry, path) {
      const column = reader.columnOf(path)
      return column === undefined ? startOf(entry) : cellSpot(entry, column, dialect)
    },
  }
}

async function* parseTable(
  blocks: AsyncIterable<TextBlock>,
  { file, dialect }: CsvFormatOptions,
  reader: RowReader,
): AsyncGenerator<readonly Entry[], void, undefined> {
  const parser = await createRowParser(dialect)
  const places = createRowPlaces()
  function* give({ rows, failure }: ParsedRows) {
    const entries = rows.map((row) => reader.read(row, places.take(row))).filter((entry) => entry !== undefined)
    if (entries.length > 0) yield entries
    if (failure !== undefined) throw explainCsvFailure({ file, dialect, rest: places.rest(), failure })
  }
  try {
    for await (const { text, faults } of blocks) {
      reader.noteFaults(faults, places.append(text))
      yield* give(await parser.push(text))
    }
    yield* give(await parser.end())
  } finally {
    parser.close()
  }
}

interface RowReader {
  /** @param offset where the block begins in the file's text */
  noteFaults(faults: readonly TextFault[], offset: number): void
  /** What is read of a row; `undefined` of the header and of blank lines. */
  read(row: Row, text: PlacedText): Entry | undefined
  /** The column where a value of a record comes from. */
  columnOf(path: readonly PropertyKey[]): number | undefined
}

function createRowReader({ file, dialect, columns, header }: CsvFormatOptions): RowReader {
  let layout: CsvLayout | undefined
  let faults: readonly TextFault[] = []
  const useHeader = (names: readonly string[], stretch?: Stretch) => {
    layout = resolveLayout(createHeader(names, { file, dialect, stretch }), columns)
  }
  if (header !== undefined) useHeader(header)

  return {
    noteFaults(found, offset) {
      if (found.length > 0) faults = [...faults, ...found.map((fault) => ({ ...fault, offset: fault.offset + offset }))]
    },
    read(row, text) {
      if (row.every((cell) => cell === '')) return undefined
      if (faults.length > 0) faults = faults.filter(({ offset }) => offset >= text.offset)
      const unreadable = findUnreadable(text, faults[0])
      if (layout !== undefined) return unreadable ?? readRow(row, { text, layout, dialect })
      if (unreadable !== undefined) throw spotError({ file, ...unreadable })
      useHeader(row, text)
      return undefined
    },
    columnOf: ([member, key]) => (layout === undefined ? undefined : findColumn(layout, member, key)),
  }
}

type Unreadable = Extract<Entry, { readonly status: 'unreadable' }>

function findUnreadable(placed: PlacedText, fault: TextFault | undefined): Unreadable | undefined {
  const { text, offset } = placed
  if (fault !== undefined && fault.offset < offset + text.length) {
    return unreadable(describeFaultyByte(fault.byte), spotIn(placed, fault.offset - offset))
  }
  const nul = text.indexOf('\0')
  return nul === -1 ? undefined : unreadable('expected text, got U+0000', spotIn(placed, nul))
}

interface RowContext {
  readonly text: PlacedText
  readonly layout: CsvLayout
  readonly dialect: CsvDialect
}

function readRow(row: Row, { text, layout, dialect }: RowContext): Entry {
  if (row.length !== layout.width) return wrongWidth(row, { text, layout, dialect })
  const record = toRecord(row, layout)
  if (record.input !== undefined) return { status: 'value', value: record, text: text.text, line: text.line, column: 1 }
  const [column = 0] = columnsOf(layout.input)
  return unreadable('input: expected a value, got an empty cell', cellSpot(text, column, dialect))
}

function wrongWidth(row: Row, { text, layout: { width }, dialect }: RowContext): Entry {
  const message = `expected ${width} cells, as the header has, got ${row.length}`
  if (row.length > width) return unreadable(message, cellSpot(text, width, dialect))
  return unreadable(message, spotIn(text, text.text.replace(/[\r\n]+$/, '').length))
}

function unreadable(message: string, spot: Spot): Unreadable {
  return { status: 'unreadable', message, spot }
}

function cellSpot(stretch: Stretch, column: number, dialect: CsvDialect): Spot {
  return spotIn(stretch, placeCells(stretch.text, dialect).starts[column] ?? 0)
}

function findColumn(
  layout: CsvLayout,
  member: PropertyKey | undefined,
  key: PropertyKey | undefined,
): number | undefined {
  if (!isMember(member)) return undefined
  const picked = layout[member]
  if (picked?.kind !== 'several') return picked?.column
  return picked.columns[picked.names.indexOf(String(key))] ?? picked.columns[0]
}

function isMember(member: PropertyKey | undefined): member is Exclude<keyof CsvLayout, 'width'> {
  return members.some((known) => known === member)
}
