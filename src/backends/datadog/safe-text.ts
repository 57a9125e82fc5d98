import { makeVisible } from '../../model/quote.ts'

const MAX_TEXT = 300

/** Makes text from elsewhere fit for a message: on one line, without secrets and control characters, and not too long. */
export function createSafeText(secrets: readonly string[]): (text: string) => string {
  return (text) => {
    let masked = text
    for (const secret of secrets) masked = masked.replaceAll(secret, '***')
    return makeVisible(clip(masked.replace(/\s+/g, ' ').trim()))
  }
}

function clip(text: string): string {
  // Never in the middle of a character of two units.
  return text.length <= MAX_TEXT ? text : `${text.slice(0, MAX_TEXT).replace(/[\ud800-\udbff]$/, '')}…`
}
