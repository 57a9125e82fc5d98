import { parseEnv } from 'node:util'

/** The content of a file with environment variables. */
export interface ParsedEnv {
  readonly variables: ReadonlyMap<string, string>
  /** Numbers, from 1, of lines that are no assignment and were left out. What stands in them may be secret. */
  readonly badLines: readonly number[]
}

const assignment = /^\s*(?:export\s+)?[^\s=#'"`]+\s*=\s*(?<value>.*)$/s
const blankOrComment = /^\s*(?:#|$)/

/**
 * Reads `NAME=value` lines as Node does: values may be quoted, quoted ones may go on over several lines, `#` begins a comment, and
 * nothing is expanded. Node's own parser stops at a line that is no assignment, or takes it (and an indented comment) for a part
 * of the next name: such lines are taken out beforehand.
 */
export function parseEnvText(text: string): ParsedEnv {
  const lines = text.replace(/^\ufeff/, '').split(/\r\n|\r|\n/)
  const badLines: number[] = []
  let closedIn = -1
  const cleaned = lines.map((line, index) => {
    if (index <= closedIn) return line
    if (blankOrComment.test(line)) return ''
    const value = assignment.exec(line)?.groups?.value
    if (value === undefined) {
      badLines.push(index + 1)
      return ''
    }
    closedIn = closingLine(value, lines, index)
    return line
  })
  const variables = Object.entries(parseEnv(cleaned.join('\n')))
  return { variables: new Map(variables.map(([name, value = '']) => [name.trim(), value])), badLines }
}

/** The line in which a quoted value ends: its own where it is not quoted, or never closed. */
function closingLine(value: string, lines: readonly string[], index: number): number {
  const [quote = ''] = /^["'`]/.exec(value) ?? []
  if (quote === '' || value.indexOf(quote, 1) > 0) return index
  const later = lines.findIndex((line, other) => other > index && line.includes(quote))
  return later === -1 ? index : later
}
