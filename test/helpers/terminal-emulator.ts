import { displayWidth } from '../../src/terminal/width.ts'

const ESCAPE = '\u001b'
const TOKEN = new RegExp(`${ESCAPE}\\[(\\??)([0-9;]*)([A-Za-z])|\\r|\\n|[^${ESCAPE}\\r\\n]+`, 'gu')
const CUT_OFF = new RegExp(`${ESCAPE}(?:\\[[?0-9;]*)?$|[\ud800-\udbff]$`)
const segmenter = new Intl.Segmenter('en', { granularity: 'grapheme' })

export interface EmulatedTerminal {
  /** What a person sees, with what has scrolled off above. */
  readonly lines: readonly string[]
  readonly isCursorVisible: boolean
}

/** A terminal that can be written to and made wider or narrower. */
export interface TerminalEmulator {
  write(text: string): void
  resize(columns: number): void
  see(): EmulatedTerminal
}

interface ScreenRow {
  /** A character each; empty behind a wide one. */
  cells: string[]
  /** Whether the line goes on in the next row because this one was full. */
  isWrapped: boolean
}

export function emulate(text: string, columns: number): EmulatedTerminal {
  const terminal = createTerminal({ columns })
  terminal.write(text)
  return terminal.see()
}

/**
 * A terminal that knows the few control sequences this tool may send and throws on any other. Lines are wrapped anew when it is
 * resized, as most terminals do. Rows above its height cannot be reached any more.
 */
export function createTerminal(options: { readonly columns: number; readonly rows?: number }): TerminalEmulator {
  const height = options.rows ?? 24
  let columns = options.columns
  let rows: ScreenRow[] = [emptyRow()]
  let row = 0
  let column = 0
  let isCursorVisible = true
  let wraps = true
  let pending = ''

  const at = (index: number): ScreenRow => {
    while (rows.length <= index) rows.push(emptyRow())
    return rows[index] ?? emptyRow()
  }
  const put = (character: string): void => {
    const width = displayWidth(character)
    if (width === 0 && column > 0) {
      const cells = at(row).cells
      cells[column - 1] = `${cells[column - 1] ?? ''}${character}`
      return
    }
    if (!wraps) column = Math.min(column, Math.max(columns - width, 0))
    else if (column > 0 && column + width > columns) {
      at(row).isWrapped = true
      row += 1
      column = 0
    }
    const { cells } = at(row)
    while (cells.length < column) cells.push(' ')
    cells.splice(column, width, character, ...(width === 2 ? [''] : []))
    column += width
  }
  const newLine = (): void => {
    at(row).isWrapped = false
    row += 1
    column = 0
    at(row)
  }
  const control = (isPrivate: boolean, parameter: string, final: string): void => {
    if (isPrivate && parameter === '25') isCursorVisible = final === 'h'
    else if (isPrivate && parameter === '7') wraps = final === 'h'
    else if (isPrivate && parameter === '2026') return
    else if (final === 'A') row = Math.max(row - Number(parameter || 1), Math.max(rows.length - height, 0))
    else if (final === 'K' && parameter === '') {
      at(row).cells.length = Math.min(column, at(row).cells.length)
      at(row).isWrapped = false
    } else if (final === 'J' && parameter === '') {
      at(row).cells.length = Math.min(column, at(row).cells.length)
      at(row).isWrapped = false
      rows.length = row + 1
    } else if (final !== 'm')
      throw new Error(`a terminal was sent the unexpected control sequence ${parameter}${final}`)
  }
  const wrapAnew = (): void => {
    const cursor = { line: 0, offset: 0 }
    const lines: string[][] = [[]]
    rows.forEach(({ cells, isWrapped }, index) => {
      const line = lines.at(-1) ?? []
      if (index === row) Object.assign(cursor, { line: lines.length - 1, offset: line.length + column })
      line.push(...cells)
      if (!isWrapped && index < rows.length - 1) lines.push([])
    })
    rows = []
    lines.forEach((line, index) => {
      const first = rows.length
      for (let start = 0; start === 0 || start < line.length; start += columns) {
        rows.push({ cells: line.slice(start, start + columns), isWrapped: start + columns < line.length })
      }
      if (index !== cursor.line) return
      row = Math.min(first + Math.floor(cursor.offset / columns), rows.length - 1)
      column = cursor.offset - (row - first) * columns
    })
  }
  return {
    write(text) {
      // What was cut off in the middle of a sequence or a character comes with the next piece.
      const whole = pending + text
      const cut = CUT_OFF.exec(whole)?.index ?? whole.length
      pending = whole.slice(cut)
      let consumed = 0
      for (const match of whole.slice(0, cut).matchAll(TOKEN)) {
        if (match.index !== consumed) break
        consumed += match[0].length
        if (match[3] !== undefined) control(match[1] === '?', match[2] ?? '', match[3])
        else if (match[0] === '\r') column = 0
        else if (match[0] === '\n') newLine()
        else for (const { segment } of segmenter.segment(match[0])) put(segment)
      }
      if (consumed < cut) throw new Error(`a terminal was sent ${JSON.stringify(whole.slice(consumed, consumed + 20))}`)
    },
    resize(to) {
      columns = to
      wrapAnew()
    },
    see() {
      const lines = rows.map(({ cells }) => cells.join('').trimEnd())
      const end =
        Math.max(
          row,
          lines.findLastIndex((line) => line !== ''),
        ) + 1
      return { lines: lines.slice(0, end), isCursorVisible }
    },
  }
}

function emptyRow(): ScreenRow {
  return { cells: [], isWrapped: false }
}
