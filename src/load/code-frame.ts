const CONTEXT_LINES = 2
const MAX_WIDTH = 100
const KEEP_BEFORE = 60
const TAB = '  '

// C0 and C1 controls, formatting and bidirectional controls, line separators, lone surrogates: nothing a terminal might act on.
const invisible = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Surrogate}]/gu

// Characters that take two columns of a terminal.
const wide =
  /[\u1100-\u115F\u2E80-\u303E\u3041-\uA4CF\uA960-\uA97F\uAC00-\uD7A3\uF900-\uFAFF\uFE30-\uFE6F\uFF01-\uFF60\uFFE0-\uFFE6]|\p{Emoji_Presentation}/gu

/**
 * The lines of a source around a place, numbered, with `>` at the line and a caret under the column (both count from 1).
 * Long lines are cut around the column and characters that do not show are replaced. Empty when the line does not exist.
 */
export function codeFrame(source: string, line: number, column?: number): string {
  const lines = source.replace(/^\uFEFF/, '').split(/\r\n|[\n\r\u2028\u2029]/)
  if (!Number.isInteger(line) || line < 1 || line > lines.length) return ''
  const first = Math.max(1, line - CONTEXT_LINES)
  const last = Math.min(lines.length, line + CONTEXT_LINES)
  const gutter = String(last).length
  const before = expandTabs((lines[line - 1] ?? '').slice(0, Math.max(0, (column ?? 1) - 1)))
  const cut = before.length > MAX_WIDTH - 20 ? before.length - KEEP_BEFORE : 0
  const frame: string[] = []
  for (let number = first; number <= last; number++) {
    const mark = number === line ? '>' : ' '
    const text = makeVisible(clip(expandTabs(lines[number - 1] ?? ''), cut))
    frame.push(`${mark} ${String(number).padStart(gutter)} | ${text}`.trimEnd())
    if (number === line && column !== undefined) {
      const shown = cut > 0 ? `…${before.slice(cut)}` : before
      frame.push(`  ${' '.repeat(gutter)} | ${' '.repeat(columns(shown))}^`)
    }
  }
  return frame.join('\n')
}

function expandTabs(text: string): string {
  return text.replaceAll('\t', TAB)
}

/** One replacement per character, so that the caret stays where it belongs. */
function makeVisible(text: string): string {
  return text.replace(invisible, '\u{FFFD}')
}

function columns(text: string): number {
  return [...makeVisible(text).replace(wide, '  ')].length
}

function clip(text: string, cut: number): string {
  const head = cut > 0 && text.length > cut ? `…${text.slice(cut)}` : cut > 0 ? '' : text
  return head.length > MAX_WIDTH ? `${head.slice(0, MAX_WIDTH)}…` : head
}
