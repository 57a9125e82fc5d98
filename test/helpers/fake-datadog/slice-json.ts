/** The exact texts of the items of a list inside a JSON text, none when there is no such list. */
export function sliceItems(text: string, ...path: readonly string[]): string[] {
  let list = text
  for (const name of path) {
    const member = membersOf(list).find((one) => one.name === name)
    if (member === undefined) return []
    list = member.text
  }
  return partsOf(list, '[')
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
  let depth = 0
  let start = 1
  for (let at = 0; at < body.length; at++) {
    const character = body[at]
    if (character === '"') at = endOfString(body, at) - 1
    else if (character === '[' || character === '{') depth++
    else if (character === ']' || character === '}') depth--
    if ((character === ',' && depth === 1) || depth === 0) {
      parts.push(body.slice(start, at).trim())
      start = at + 1
    }
  }
  return parts.filter((part) => part !== '')
}

/** Where the string that starts here has ended. */
function endOfString(text: string, start: number): number {
  let at = start + 1
  while (at < text.length && text[at] !== '"') at += text[at] === '\\' ? 2 : 1
  return at + 1
}
