import { readdir, stat } from 'node:fs/promises'
import { basename, dirname, join, relative, sep } from 'node:path'
import { suggest } from '../model/suggest.ts'

/**
 * The file that a misspelt path most likely meant: a near name in its folder, or in the folder that a misspelt part of it meant.
 * @param path absolute
 */
export async function nearFile(path: string): Promise<string | undefined> {
  const folder = await nearFolder(dirname(path))
  if (folder === undefined) return undefined
  const names = await namesIn(folder, (entry) => !entry.isDirectory())
  const wanted = basename(path)
  if (names.includes(wanted)) return join(folder, wanted)
  const sameStem = names.filter((name) => name.startsWith(`${wanted}.`)).sort()
  const near = sameStem[0] ?? suggest(wanted, names)
  return near === undefined ? undefined : join(folder, near)
}

/** The folder itself where it is there, else the one that was meant with one part of it misspelt. */
export async function nearFolder(path: string): Promise<string | undefined> {
  if (await isFolder(path)) return path
  let parent = dirname(path)
  while (parent !== dirname(parent) && !(await isFolder(parent))) parent = dirname(parent)
  const [misspelt = '', ...rest] = relative(parent, path).split(sep)
  const near = suggest(misspelt, await namesIn(parent, (entry) => entry.isDirectory()))
  const meant = near === undefined ? undefined : join(parent, near, ...rest)
  return meant !== undefined && (await isFolder(meant)) ? meant : undefined
}

async function namesIn(folder: string, isWanted: (entry: { isDirectory(): boolean }) => boolean): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => [])
  return entries.filter(isWanted).map((entry) => entry.name)
}

async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  )
}
