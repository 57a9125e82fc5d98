import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { suggest } from '../model/suggest.ts'

/** An import of a name that a module does not have. */
export interface MissingExport {
  readonly name: string
  /** As it would be imported: a package's name, or a path. */
  readonly module: string
  /** What was most likely meant. */
  readonly near: string | undefined
}

const complaint = /^The requested module '(.+)' does not provide an export named '(.+)'$/
const ownEntry = /[\\/](?:dist|src)[\\/](index|contracts)\.[jt]s$/

/**
 * What Node says of it, which names neither the line nor what there is.
 * @param ownFolder where this package's files lie
 */
export function findMissingExport(message: string, ownFolder: string): MissingExport | undefined {
  const [, url, name] = complaint.exec(message) ?? []
  if (url === undefined || name === undefined) return undefined
  const file = toPath(url)
  return { name, module: nameOf(file, ownFolder), near: suggest(name, exportsOf(file)) }
}

/** Where the name first stands in a text. Lines and columns count from 1. */
export function findName(text: string, name: string): { readonly line: number; readonly column: number } | undefined {
  const word = new RegExp(`(?<![\\w$])${name.replaceAll('$', '\\$')}(?![\\w$])`)
  const lines = text.split('\n')
  const index = lines.findIndex((line) => word.test(line))
  return index === -1 ? undefined : { line: index + 1, column: (lines[index]?.search(word) ?? 0) + 1 }
}

function toPath(url: string): string {
  try {
    return fileURLToPath(url)
  } catch {
    return url
  }
}

function nameOf(file: string, ownFolder: string): string {
  const own = file.startsWith(ownFolder) ? ownEntry.exec(file)?.[1] : undefined
  if (own !== undefined) return own === 'index' ? 'llmobs-exp' : `llmobs-exp/${own}`
  return /^.*[\\/]node_modules[\\/]((?:@[^\\/]+[\\/])?[^\\/]+)/.exec(file)?.[1] ?? file
}

/** As far as a module's text says: it is not loaded, for that may do anything. */
export function exportsOf(file: string): string[] {
  const text = read(file)
  const lists = Array.from(text.matchAll(/\bexport\s*\{([^}]*)\}/g), ([, list = '']) => list.split(','))
  const listed = lists.flat().map(
    (item) =>
      item
        .trim()
        .split(/\s+as\s+/)
        .at(-1) ?? '',
  )
  const declared = text.matchAll(/\bexport\s+(?:async\s+)?(?:function\s*\*?|class|const|let|var)\s+([\w$]+)/g)
  return [...listed, ...Array.from(declared, ([, name = '']) => name)].filter((name) => name !== '')
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}
