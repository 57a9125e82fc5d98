import { formatNumber } from './number.ts'

/** The beginning of a text that is too long for a report, with how much of it was left out. Never half a character. */
export function cutText(text: string, length: number): string {
  if (text.length <= length) return text
  const end = isHighSurrogate(text.charCodeAt(length - 1)) ? length - 1 : length
  return `${text.slice(0, end)}… (${formatNumber(text.length - end)} more characters)`
}

function isHighSurrogate(code: number): boolean {
  return code >= 0xd800 && code < 0xdc00
}
