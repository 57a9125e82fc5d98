/** The exact texts of the items of a list inside a JSON text, none when there is no such list. */
export function sliceItems(text: string, ...path: readonly string[]): string[] {
  return partsOf(sliceMember(text, ...path), '[')
}

/** The exact text of a value inside a JSON text, empty when there is no such value. */
export function sliceMember(text: string, ...path: readonly string[]): string {
  let value = text
  for (const name of path) value = membersOf(value).find((one) => one.name === name)?.text ?? ''
  return value
}

function membersOf(text: string): { readonly name: string; readonly text: string }[] {
  return partsOf(text, '{').map((part) => {
    const end = endOfString(part, 0)
    const name: unknown = JSON.parse(part.slice(0, end))
    return { name: String(name), text: part.slice(part.indexOf(':', end) + 1).trim() }
  })
}

/** What stands between the commas of the outermost list or object. */
function partsOf(text: string, opening: '[' | '{'): string[] {
  const body = text.trim()
  if (!body.startsWith(opening)) return []
  const parts: string[] = []
  const marks = /["[\]{},]/g
  let depth = 0
  let start = 1
  for (let mark = marks.exec(body); mark !== null; mark = marks.exec(body)) {
    const [character] = mark
    if (character === '"') marks.lastIndex = endOfString(body, mark.index)
    else if (character === '[' || character === '{') depth++
    else if (character === ']' || character === '}') depth--
    if ((character === ',' && depth === 1) || depth === 0) {
      parts.push(body.slice(start, mark.index).trim())
      start = mark.index + 1
    }
  }
  return parts.filter((part) => part !== '')
}

/** Where the string that starts here has ended. */
function endOfString(text: string, start: number): number {
  let quote = text.indexOf('"', start + 1)
  while (quote !== -1 && isEscaped(text, quote)) quote = text.indexOf('"', quote + 1)
  return quote === -1 ? text.length : quote + 1
}

function isEscaped(text: string, at: number): boolean {
  let backslashes = 0
  while (text[at - 1 - backslashes] === '\\') backslashes++
  return backslashes % 2 === 1
}
