import { makeVisible } from '../../model/quote.ts'

const MAX_TEXT = 300

/** Takes secrets out of text. */
export function createMask(secrets: readonly string[]): (text: string) => string {
  return (text) => {
    let masked = text
    for (const secret of secrets) masked = masked.replaceAll(secret, '***')
    return masked
  }
}

/** Makes text from elsewhere fit for a message: on one line, without secrets and control characters, and not too long. */
export function createSafeText(mask: (text: string) => string): (text: string) => string {
  return (text) => makeVisible(clip(mask(text).replace(/\s+/g, ' ').trim()))
}

function clip(text: string): string {
  // Never in the middle of a character of two units.
  return text.length <= MAX_TEXT ? text : `${text.slice(0, MAX_TEXT).replace(/[\ud800-\udbff]$/, '')}…`
}
