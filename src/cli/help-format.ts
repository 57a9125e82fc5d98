import { Help, type HelpConfiguration } from 'commander'

/** Columns that a description gets at least beside its option; with fewer it goes below. */
const MIN_COLUMNS = 30
const INDENT = 6
const UNKNOWN_COLUMNS = 80
const standard = new Help()
const wrapper = Object.assign(new Help(), { minWidthToWrap: 1 })

/** How help is laid out: descriptions go below their options where a terminal is too narrow for them beside each other. */
export const helpFormat: HelpConfiguration = {
  minWidthToWrap: 10,
  formatItem(term, termWidth, description, helper) {
    const columns = helper.helpWidth || UNKNOWN_COLUMNS
    if (description === '' || columns - termWidth - 4 >= MIN_COLUMNS)
      return standard.formatItem.call(helper, term, termWidth, description, helper)
    const lines = helper.boxWrap(description, Math.max(columns - INDENT, MIN_COLUMNS / 2)).split('\n')
    return [`  ${term}`, ...lines.map((line) => ' '.repeat(INDENT) + line)].join('\n')
  },
}

/** Wraps lines of a list such as `  1  complete, but …`, later ones set in below the text of the first. */
export function wrapList(text: string, columns: number): string {
  const width = columns || UNKNOWN_COLUMNS
  const wrap = (line: string): string => {
    if (line.length <= width) return line
    const hanging = Math.min(/^ *(?:\d[\d, ]*)?/.exec(line)?.[0].length ?? 0, INDENT - 1)
    return wrapper.boxWrap(line, width - hanging).replaceAll('\n', `\n${' '.repeat(hanging)}`)
  }
  return text.split('\n').map(wrap).join('\n')
}
