import { displayWidth } from './width.ts'

const ERASE_LINE_END = '\u001b[K'
/** For what a resize may have left. */
const ERASE_BELOW = '\u001b[J'
// A line that is too long is cut by the terminal: one that has become narrower without anybody having been told yet would wrap it,
// and each redraw would leave a row behind. What is written above the area is wrapped as ever.
const WRAP_OFF = '\u001b[?7l'
const WRAP_ON = '\u001b[?7h'

/** The lines of a live area that are on the screen. Gives what a terminal has to be sent, and writes nothing. */
export interface AreaLines {
  /** Takes the lines off the screen; the cursor is where they began. */
  erase(): string
  /** Shows these lines in the place of those that are there. */
  draw(lines: readonly string[]): string
}

/**
 * Lines are drawn over in their place and only where they have changed, so that nothing flickers. They are erased line by line:
 * of a screen that is erased at once, tmux keeps a copy in its history.
 */
export function createAreaLines(columns: () => number): AreaLines {
  let drawn: readonly string[] = []
  let drawnColumns = 0

  // After a resize the terminal has wrapped what was drawn before.
  const rowsOf = (line: string): number => Math.max(Math.ceil(displayWidth(line) / Math.max(columns(), 1)), 1)
  const erase = (): string => {
    if (drawn.length === 0) return ''
    const rows = drawn.reduce((sum, line) => sum + rowsOf(line), 0)
    drawn = []
    return `\r${ERASE_LINE_END}${`\u001b[A${ERASE_LINE_END}`.repeat(rows - 1)}${ERASE_BELOW}`
  }
  const drawOver = (lines: readonly string[]): string => {
    // The last one always, so that the cursor is at its end: that is where a resize takes it along.
    const isKept = (line: string, index: number) => line === drawn[index] && index < lines.length - 1
    const changed = lines.map((line, index) => (isKept(line, index) ? '' : line + ERASE_LINE_END))
    return `\r${lines.length > 1 ? `\u001b[${lines.length - 1}A` : ''}${changed.join('\n')}`
  }
  return {
    erase,
    draw(lines) {
      const isSameShape = drawn.length === lines.length && drawnColumns === columns()
      const isInPlace = isSameShape && drawn.every((line) => rowsOf(line) === 1)
      const text = isInPlace ? drawOver(lines) : erase() + lines.join('\n')
      drawn = lines
      drawnColumns = columns()
      return WRAP_OFF + text + WRAP_ON
    },
  }
}
