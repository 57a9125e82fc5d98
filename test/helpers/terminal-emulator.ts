const ESCAPE = '\u001b'
const TOKEN = new RegExp(`${ESCAPE}\\[(\\??)([0-9;]*)([A-Za-z])|\\r|\\n|[^${ESCAPE}\\r\\n]`, 'gu')

export interface EmulatedTerminal {
  /** What a person sees, with what has scrolled off above. */
  readonly lines: readonly string[]
  readonly isCursorVisible: boolean
}

/** A terminal that knows the few control sequences this tool may send and throws on any other. ASCII and box drawing only. */
export function emulate(text: string, columns: number): EmulatedTerminal {
  const lines: string[] = ['']
  let row = 0
  let column = 0
  let isCursorVisible = true
  const put = (character: string) => {
    if (column === columns) newLine()
    const line = lines[row] ?? ''
    lines[row] = line.padEnd(column).slice(0, column) + character + line.slice(column + 1)
    column += 1
  }
  const newLine = () => {
    row += 1
    column = 0
    lines[row] ??= ''
  }
  const control = (isPrivate: boolean, parameter: string, final: string) => {
    if (isPrivate && parameter === '25') isCursorVisible = final === 'h'
    else if (isPrivate && parameter === '2026') return
    else if (final === 'A') row = Math.max(row - Number(parameter || 1), 0)
    else if (final === 'J' && parameter === '') lines.splice(row, lines.length, (lines[row] ?? '').slice(0, column))
    else if (final !== 'm') throw new Error(`a terminal was sent the unexpected control sequence ${parameter}${final}`)
  }
  let consumed = 0
  for (const match of text.matchAll(TOKEN)) {
    if (match.index !== consumed)
      throw new Error(`a terminal was sent ${JSON.stringify(text.slice(consumed, consumed + 20))}`)
    consumed += match[0].length
    if (match[3] !== undefined) control(match[1] === '?', match[2] ?? '', match[3])
    else if (match[0] === '\r') column = 0
    else if (match[0] === '\n') newLine()
    else put(match[0])
  }
  return { lines: lines.map((line) => line.trimEnd()), isCursorVisible }
}
