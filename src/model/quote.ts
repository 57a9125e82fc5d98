const MAX_QUOTED = 60

// What JSON.stringify leaves as it is and a reader cannot see: C1 controls, formatting and bidirectional controls, line separators.
const invisible = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Surrogate}]/gu

/** A short, printable description of any value for a message. Never throws and never runs the value's code. */
export function quote(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return quoteText(value)
    case 'number':
    case 'boolean':
    case 'bigint':
      return `the ${typeof value} ${clip(String(value))}`
    case 'object':
      return value === null ? 'null' : describeObject(value)
    case 'undefined':
      return 'undefined'
    default:
      return `a ${typeof value}`
  }
}

/** A string in quotes, cut, with everything that does not show written as an escape. */
export function quoteText(text: string): string {
  return makeVisible(JSON.stringify(clip(text)))
}

/** Writes characters that do not show, or that move others, as JSON escapes. */
export function makeVisible(text: string): string {
  return text.replace(invisible, (character) =>
    Array.from({ length: character.length }, (_, index) => escapeUnit(character.charCodeAt(index))).join(''),
  )
}

function escapeUnit(code: number): string {
  return `\\u${code.toString(16).padStart(4, '0')}`
}

function describeObject(value: object): string {
  if (Array.isArray(value)) return value.length === 0 ? 'an empty array' : `an array of ${value.length}`
  if (value instanceof Promise) return 'a promise'
  if (value instanceof Map) return 'a Map'
  return value instanceof Set ? 'a Set' : 'an object'
}

function clip(text: string): string {
  return text.length <= MAX_QUOTED ? text : `${text.slice(0, MAX_QUOTED)}…`
}
