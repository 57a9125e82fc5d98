/** JSON has no NaN and no Infinity. */
export function numberOrNull(value: number): number | null {
  return Number.isFinite(value) ? value : null
}

export function parseOrNull(json: string): unknown {
  try {
    return JSON.parse(json)
  } catch {
    return null
  }
}
// The bracket would make a command to GitHub's runner of it.
const UNESCAPED = /[\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]|(?<=##)\[/g

/** Escapes the control characters that JSON leaves as they are; the text stays the same JSON. */
export function escapeControls(json: string): string {
  return json.replace(UNESCAPED, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`)
}
