import { quote } from '../model/quote.ts'

const MAX_NAMES = 12

/** `"question", "answer"`, and how many more there are. */
export function listNames(names: readonly string[]): string {
  const shown = names.slice(0, MAX_NAMES).map(quote).join(', ')
  return names.length <= MAX_NAMES ? shown : `${shown} and ${names.length - MAX_NAMES} more`
}
