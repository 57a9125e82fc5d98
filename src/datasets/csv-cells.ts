/** What separates and encloses the cells of a file. */
export interface CsvDialect {
  readonly delimiter: string
  /** `undefined` when nothing encloses them. */
  readonly quote: string | undefined
}

/** Where the cells of a row stand, and what is wrong with its quotes. Offsets count from the row's beginning. */
export interface CellPlaces {
  readonly starts: readonly number[]
  readonly fault?: QuoteFault
}

/** `unclosed`: there is no closing quote. `continued`: the cell goes on behind it. `inside`: the cell did not begin with one. */
export interface QuoteFault {
  readonly kind: 'unclosed' | 'continued' | 'inside'
  /** Where the cell begins. */
  readonly start: number
  readonly at: number
}

const lineBreak = /[\r\n]/

/** Finds the cells of one row again, to say where something is; reading them is another's business. */
export function placeCells(row: string, { delimiter, quote }: CsvDialect): CellPlaces {
  const starts: number[] = []
  for (let start = 0; ; ) {
    starts.push(start)
    const isQuoted = quote !== undefined && row.startsWith(quote, start)
    const end = isQuoted ? findClosing(row, quote, start) : start
    if (end === undefined) return { starts, fault: { kind: 'unclosed', start, at: start } }
    const isAtEnd = end === row.length || lineBreak.test(row[end] ?? '') || row.startsWith(delimiter, end)
    if (isQuoted && !isAtEnd) return { starts, fault: { kind: 'continued', start, at: end } }
    const next = findEnd(row, delimiter, end)
    const inside = isQuoted || quote === undefined ? -1 : row.slice(end, next).indexOf(quote)
    if (inside !== -1) return { starts, fault: { kind: 'inside', start, at: end + inside } }
    if (!row.startsWith(delimiter, next)) return { starts }
    start = next + delimiter.length
  }
}

/** The offset behind the quote that closes the cell. */
function findClosing(row: string, quote: string, start: number): number | undefined {
  for (let at = start + quote.length; ; ) {
    const found = row.indexOf(quote, at)
    if (found === -1) return undefined
    if (!row.startsWith(quote, found + quote.length)) return found + quote.length
    at = found + 2 * quote.length
  }
}

function findEnd(row: string, delimiter: string, from: number): number {
  const found = row.indexOf(delimiter, from)
  const cell = found === -1 ? row.slice(from) : row.slice(from, found)
  const broken = cell.search(lineBreak)
  return from + (broken === -1 ? cell.length : broken)
}
