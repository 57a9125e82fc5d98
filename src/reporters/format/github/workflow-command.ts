import { sanitize } from '../../../terminal/sanitize.ts'
import { cutText } from '../cut.ts'

/** A note that GitHub shows at a line of a file, or with the job. */
export interface Annotation {
  readonly level: 'error' | 'warning'
  readonly title: string
  readonly message: string
  /** From the top of the repository. */
  readonly file?: string
  readonly line?: number
}

const MAX_TITLE = 200
const MAX_MESSAGE = 2000

/**
 * An annotation as a command to GitHub's runner, in a line of its own.
 * @example '::error file=triage.ts,title=triage failed::threshold correct%3A …'
 */
export function renderAnnotation({ level, title, message, file, line }: Annotation): string {
  const properties = [
    ...(file === undefined ? [] : [`file=${escapeProperty(file)}`]),
    ...(line === undefined ? [] : [`line=${line}`]),
    `title=${escapeProperty(cutText(title, MAX_TITLE))}`,
  ]
  return `::${level} ${properties.join(',')}::${escapeData(cutText(message, MAX_MESSAGE))}\n`
}

/** A per cent sign first: the others become one. */
function escapeData(text: string): string {
  return sanitize(text).replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C')
}
