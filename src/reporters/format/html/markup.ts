import { sanitize } from '../../../terminal/sanitize.ts'

/** Text that is markup already. Only `markup` makes it. */
export interface Markup {
  readonly html: string
}

type Part = string | number | Markup | readonly Markup[]

const SPECIAL = /[&<>"'`]/g

/**
 * Markup from a template. Whatever is put into it is escaped, but for what is markup itself; so no text from data can be any.
 * @example markup`<td>${'a < b'}</td>` // { html: '<td>a &#60; b</td>' }
 */
export function markup(texts: TemplateStringsArray, ...parts: readonly Part[]): Markup {
  return { html: texts.map((text, index) => text + write(parts[index] ?? '')).join('') }
}

/** Text from anywhere between tags or between the quotes of an attribute, without control characters. */
function escapeHtml(text: string): string {
  return sanitize(text).replace(SPECIAL, (character) => `&#${character.charCodeAt(0)};`)
}

function write(part: Part): string {
  if (typeof part === 'number') return String(part)
  if (typeof part === 'string') return escapeHtml(part)
  return 'html' in part ? part.html : part.map(({ html }) => html).join('')
}
