import type { LlmobsExpError } from '../model/errors.ts'
import { quote as quoteValue } from '../model/quote.ts'
import { type CsvDialect, placeCells, type QuoteFault } from './csv-cells.ts'
import { MAX_ROW_BYTES } from './csv-rows.ts'
import type { Spot, Stretch } from './entry.ts'
import { spotError, spotIn, startOf } from './spot.ts'

interface CsvFailure {
  readonly file: string
  readonly dialect: CsvDialect
  /** From the row that could not be read on. */
  readonly rest: Stretch
  /** What the parser threw. */
  readonly failure: Error
}

interface Explanation {
  readonly message: string
  readonly spot: Spot
  readonly hint?: string
}

/** Where and why a table cannot be read on: it is not known where the next row would begin. */
export function explainCsvFailure({ file, dialect, rest, failure }: CsvFailure): LlmobsExpError {
  const isTooLong = Reflect.get(failure, 'code') === 'CSV_MAX_RECORD_SIZE'
  const { fault } = placeCells(rest.text, dialect)
  const explanation = fault === undefined ? explainOther(rest, failure, isTooLong) : explainQuote(rest, fault, dialect)
  return spotError({ file, ...explanation })
}

function explainOther(rest: Stretch, { message }: Error, isTooLong: boolean): Explanation {
  if (!isTooLong) return { message, spot: startOf(rest) }
  return { message: `expected a row of at most ${MAX_ROW_BYTES} bytes, got a longer one`, spot: spotIn(rest, 0) }
}

function explainQuote(
  rest: Stretch,
  { kind, start, at }: QuoteFault,
  { delimiter, quote = '' }: CsvDialect,
): Explanation {
  const spot = spotIn(rest, at)
  const doubled = `a quote inside a quoted cell is doubled: ${quote}${quote}`
  switch (kind) {
    case 'unclosed':
      return { message: 'expected a closing quote for the cell that begins here, got none', spot, hint: doubled }
    case 'inside': {
      const isAfterSpace = rest.text.slice(start, at).trim() === ''
      const hint = isAfterSpace
        ? 'remove the space before it'
        : `enclose the whole cell in quotes; ${doubled}; or say quote: false`
      return { message: 'expected quotes only around whole cells, got one inside', spot, hint }
    }
    case 'continued': {
      const next = quoteValue(String.fromCodePoint(rest.text.codePointAt(at) ?? 0))
      const opening = spotIn(rest, start)
      if (opening.line === spot.line) {
        return {
          message: `expected ${quoteValue(delimiter)} or the end of the line after a closing quote, got ${next}`,
          spot,
          hint: doubled,
        }
      }
      // The quote that seems to close it is most likely the one that opens another cell.
      const message = `expected a closing quote for the cell that begins here, got one on line ${spot.line} with ${next} behind it`
      return { message, spot: opening, hint: doubled }
    }
  }
}
