import { readdirSync, statSync } from 'node:fs'
import { basename, dirname, join, relative, sep } from 'node:path'
import { suggest } from '../model/suggest.ts'

/** What the names of experiment modules end in. */
export const moduleExtensions = ['.ts', '.mts', '.cts', '.js', '.mjs', '.cjs'] as const

export function isModuleName(name: string): boolean {
  return moduleExtensions.some((extension) => name.endsWith(extension))
}

/**
 * The file that a misspelt path most likely meant: a near name in its folder, or in the folder that a misspelt part of it meant.
 *
 * @param path absolute
 * @param isMeant which names come into question
 */
export function nearFile(path: string, isMeant: (name: string) => boolean = () => true): string | undefined {
  const folder = nearFolder(dirname(path))
  if (folder === undefined) return undefined
  const names = namesIn(folder, (entry) => !entry.isDirectory() && isMeant(entry.name))
  const wanted = basename(path)
  if (names.includes(wanted)) return join(folder, wanted)
  const sameStem = names.filter((name) => name.startsWith(`${wanted}.`)).sort()
  const near = sameStem[0] ?? suggest(wanted, names)
  return near === undefined ? undefined : join(folder, near)
}

/** The folder itself where it is there, else the one that was meant with one part of it misspelt. */
export function nearFolder(path: string): string | undefined {
  if (isFolder(path)) return path
  let parent = dirname(path)
  while (parent !== dirname(parent) && !isFolder(parent)) parent = dirname(parent)
  const [misspelt = '', ...rest] = relative(parent, path).split(sep)
  const near = suggest(
    misspelt,
    namesIn(parent, (entry) => entry.isDirectory()),
  )
  const meant = near === undefined ? undefined : join(parent, near, ...rest)
  return meant !== undefined && isFolder(meant) ? meant : undefined
}

interface Entry {
  readonly name: string
  isDirectory(): boolean
}

function namesIn(folder: string, isWanted: (entry: Entry) => boolean): string[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
      .filter(isWanted)
      .map(({ name }) => name)
  } catch {
    return []
  }
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true
}
