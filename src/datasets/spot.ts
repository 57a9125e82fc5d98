import { LlmobsExpError } from '../model/errors.ts'
import { makeVisible } from '../model/quote.ts'
import type { Spot, Stretch } from './entry.ts'
import { lineFrame } from './line-frame.ts'

/** Where an offset into a stretch is, with the line it is on. */
export function spotIn(stretch: Stretch, offset: number): Spot {
  const { line, start } = lineAt(stretch.text, offset)
  const firstColumn = line === 0 ? stretch.column : 1
  return {
    line: stretch.line + line,
    column: firstColumn + offset - start,
    text: lineFrom(stretch.text, start),
    firstColumn,
  }
}

/** The first line of a stretch, where no column is to be named. */
export function startOf({ text, line, column }: Stretch): Spot {
  return { line, text: lineFrom(text, 0), firstColumn: column }
}

/** The line of a spot with a marker under its column. */
export function spotFrame({ line, column, text, firstColumn = 1 }: Spot): string {
  return lineFrame(text, line, column === undefined ? undefined : column - firstColumn + 1)
}

interface SpotFault {
  readonly file: string
  readonly message: string
  readonly spot: Spot
  readonly hint?: string | undefined
}

/** Why a file cannot be read from a spot on. */
export function spotError({ file, message, spot, hint }: SpotFault): LlmobsExpError {
  const { line, column } = spot
  const place = [file, line, column].filter((part) => part !== undefined).join(':')
  return new LlmobsExpError('E_DATASET_FILE', makeVisible(`${place}: ${message}`), {
    location: { file, line, ...(column === undefined ? {} : { column }) },
    codeFrame: spotFrame(spot),
    ...(hint === undefined ? {} : { hint }),
  })
}

function lineFrom(text: string, start: number): string {
  const rest = start === 0 ? text : text.slice(start)
  const end = rest.search(/[\r\n]/)
  return end === -1 ? rest : rest.slice(0, end)
}

/** How many lines lie before an offset, and where its own begins. */
function lineAt(text: string, offset: number): { readonly line: number; readonly start: number } {
  let line = 0
  let start = 0
  for (const { 0: found, index } of text.matchAll(/\r\n|\n|\r/g)) {
    if (index + found.length > offset) break
    line++
    start = index + found.length
  }
  return { line, start }
}
