import { sanitizeLine } from '../../../terminal/sanitize.ts'
import { truncate } from '../../../terminal/width.ts'

const MAX_COLUMNS = 160
/** Characters of a text that are looked at: more do not show. */
const CONSIDERED = 8

/**
 * Text from data as a code span: in it nothing is markup, and no site makes a link, a mention or an image of it. On one line and
 * cut to so many columns.
 * @example code('a `b`') // '`` a `b` ``'
 */
export function code(text: string, columns = MAX_COLUMNS): string {
  const line = truncate(sanitizeLine(text.slice(0, columns * CONSIDERED)).trim(), columns)
  if (line === '') return '–'
  const fence = '`'.repeat(longestRun(line) + 1)
  const needsSpace = line.startsWith('`') || line.endsWith('`')
  return needsSpace ? `${fence} ${line} ${fence}` : `${fence}${line}${fence}`
}

/** The same within a cell of a table, where a bar would end the cell: tables are cut up before code is looked for. */
export function codeCell(text: string, columns?: number): string {
  // A backslash before the escaped bar would be taken for the escape of a backslash somewhere.
  return code(text, columns).replace(/(\\?)\|/g, (_bar, slash: string) => (slash === '' ? '\\|' : '\\¦'))
}

/** Lines as a block of code that none of them can end. */
export function codeBlock(lines: readonly string[], language: string): string {
  const text = lines.map(sanitizeLine).join('\n')
  const fence = '`'.repeat(Math.max(longestRun(text) + 1, 3))
  return `${fence}${language}\n${text}\n${fence}\n`
}

/** A line of a table. */
export function tableRow(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |\n`
}

/** The two lines that a table begins with; columns of numbers stand to the right. */
export function tableHead(columns: readonly (readonly [name: string, align: 'left' | 'right'])[]): string {
  const names = columns.map(([name]) => name)
  return tableRow(names) + tableRow(columns.map(([, align]) => (align === 'right' ? '---:' : '---')))
}

function longestRun(text: string): number {
  return Math.max(0, ...Array.from(text.matchAll(/`+/g), ([run]) => run.length))
}
