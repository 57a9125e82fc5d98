import type { Parser } from 'csv-parse'
import type { CsvDialect } from './csv-cells.ts'
import type { Stretch } from './entry.ts'

/** As long as one row may be, so that a quote that is not closed does not take the whole file into memory. */
export const MAX_ROW_BYTES = 128 * 1024 * 1024

export type Row = readonly string[]

/** Rows that ended in a block of text, and why there can be no more. */
export interface ParsedRows {
  readonly rows: readonly Row[]
  readonly failure?: Error
}

/** Takes text apart into rows. Blank lines are rows with one empty cell. */
export interface RowParser {
  push(text: string): Promise<ParsedRows>
  end(): Promise<ParsedRows>
  close(): void
}

export async function createRowParser({ delimiter, quote }: CsvDialect): Promise<RowParser> {
  const { parse } = await import('csv-parse')
  const parser = parse({
    delimiter,
    quote: quote ?? false,
    ...(quote === undefined ? {} : { escape: quote }),
    record_delimiter: ['\r\n', '\n', '\r'],
    relax_column_count: true,
    max_record_size: MAX_ROW_BYTES,
  })
  // It is reported where it is waited for.
  parser.on('error', () => {})
  return {
    push: (text) => collect(parser, (settle) => parser.write(text, settle)),
    end: () =>
      collect(parser, (settle) => {
        parser.once('error', settle)
        parser.end(settle)
      }),
    close: () => parser.destroy(),
  }
}

type Settle = (failure?: Error | null) => void

function collect(parser: Parser, start: (settle: Settle) => void): Promise<ParsedRows> {
  return new Promise((resolve) => {
    const rows: Row[] = []
    start((failure) => {
      takeRows(parser, rows)
      resolve(failure instanceof Error ? { rows, failure } : { rows })
    })
    // The parser works through what it is given at once, and waits until its rows are taken.
    takeRows(parser, rows)
  })
}

function takeRows(parser: Parser, rows: Row[]): void {
  for (let row: unknown = parser.read(); isRow(row); row = parser.read()) rows.push(row)
}

function isRow(value: unknown): value is Row {
  return Array.isArray(value)
}

/** A stretch and where it begins in the file's text. */
export interface PlacedText extends Stretch {
  readonly offset: number
}

/** Says where rows stand that follow one another. */
export interface RowPlaces {
  /** Gives the offset of this text in the file's. */
  append(text: string): number
  /** The stretch of the next row. */
  take(row: Row): PlacedText
  /** What stands behind the last row that was taken. */
  rest(): Stretch
}

const lineBreaks = /\r\n|\r|\n/g

export function createRowPlaces(): RowPlaces {
  let text = ''
  let at = 0
  let line = 1
  let offset = 0
  let hasReturns = false

  const skipLine = () => {
    const newline = hasReturns ? -1 : text.indexOf('\n', at)
    if (!hasReturns) at = newline === -1 ? text.length : newline + 1
    else {
      lineBreaks.lastIndex = at
      at = lineBreaks.exec(text) === null ? text.length : lineBreaks.lastIndex
    }
    line++
  }

  return {
    append(more) {
      const begin = offset + text.length
      offset += at
      text = text.slice(at) + more
      at = 0
      hasReturns ||= more.includes('\r')
      return begin
    },
    take(row) {
      const start = at
      const first = line
      for (let lines = countLines(row); lines > 0; lines--) skipLine()
      return { text: text.slice(start, at), line: first, column: 1, offset: offset + start }
    },
    rest: () => ({ text: text.slice(at), line, column: 1 }),
  }
}

/** A row takes one line, and one more for each line break in a cell. */
function countLines(row: Row): number {
  let lines = 1
  for (const cell of row) {
    if (cell.includes('\n') || cell.includes('\r')) lines += cell.match(lineBreaks)?.length ?? 0
  }
  return lines
}
