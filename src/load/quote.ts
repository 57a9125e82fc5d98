const MAX_QUOTED = 60

// What JSON.stringify leaves as it is and a reader cannot see: C1 controls, formatting and bidirectional controls, line separators.
const invisible = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Surrogate}]/gu

/** A short, printable description of what a definition holds, for a message. Runs none of the value's code. */
export function quote(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return quoteText(value)
    case 'number':
    case 'boolean':
    case 'bigint':
      return `the ${typeof value} ${String(value)}`
    case 'object':
      return value === null ? 'null' : quoteObject(value)
    case 'undefined':
      return 'nothing'
    default:
      return `a ${typeof value}`
  }
}

/** A string in quotes, cut and with everything that does not show written as `\uXXXX`. */
export function quoteText(text: string): string {
  const clipped = text.length <= MAX_QUOTED ? text : `${text.slice(0, MAX_QUOTED)}…`
  return JSON.stringify(clipped).replace(
    invisible,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

function quoteObject(value: object): string {
  if (Array.isArray(value)) return value.length === 0 ? 'an empty array' : `an array of ${value.length}`
  if (value instanceof Promise) return 'a promise'
  if (value instanceof Map) return 'a Map'
  if (value instanceof Set) return 'a Set'
  return 'an object'
}
