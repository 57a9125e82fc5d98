import type { Stats } from 'node:fs'
import { stat } from 'node:fs/promises'
import { relative, resolve } from 'node:path'
import { isModuleName, nearFile, nearFolder } from '../files/near-path.ts'
import { LlmobsExpError } from '../model/errors.ts'

const globCharacters = /[*?[\]{}()!]/

/**
 * The files that patterns on the command line stand for: absolute paths in written order, each glob's matches sorted, every file once.
 *
 * @throws LlmobsExpError `E_FILE_NOT_FOUND` for what is missing, no regular file, or a glob without a match
 */
export async function findFiles(patterns: readonly string[], cwd: string): Promise<string[]> {
  const files = new Set<string>()
  for (const pattern of patterns) {
    for (const file of await findPattern(pattern, cwd)) files.add(file)
  }
  return [...files]
}

/** Whether it may stand for several files. */
export function isPattern(text: string): boolean {
  return globCharacters.test(text)
}

async function findPattern(pattern: string, cwd: string): Promise<readonly string[]> {
  const path = resolve(cwd, pattern)
  const found = pattern === '' ? undefined : await statOf(path)
  if (found?.isFile() === true) return [path]
  if (found !== undefined) throw notRegular(pattern, path, found)
  if (!isPattern(pattern)) throw missing(pattern, path, cwd)
  const matches = await expandGlob(pattern, cwd)
  if (matches.length === 0) throw noMatch(pattern, cwd)
  return matches
}

function noMatch(pattern: string, cwd: string): LlmobsExpError {
  const parts = pattern.split('/')
  const plain = parts.slice(
    0,
    parts.findIndex((part) => globCharacters.test(part)),
  )
  const folder = resolve(cwd, plain.join('/') || '.')
  const near = nearFolder(folder)
  const meant = [near === undefined ? '' : relative(cwd, near), ...parts.slice(plain.length)].join('/')
  const hint =
    near === undefined || near === folder
      ? `the pattern was expanded in ${cwd}; node_modules is left out`
      : `did you mean ${JSON.stringify(meant)}?`
  return new LlmobsExpError('E_FILE_NOT_FOUND', `no file matches ${JSON.stringify(pattern)}`, { hint })
}

async function expandGlob(pattern: string, cwd: string): Promise<string[]> {
  const { glob } = await import('tinyglobby')
  const matches = await glob(pattern, { cwd, absolute: true, onlyFiles: true, ignore: ['**/node_modules/**'] })
  return matches.map((match) => resolve(match)).sort()
}

async function statOf(path: string): Promise<Stats | undefined> {
  try {
    return await stat(path)
  } catch (error) {
    const code = error instanceof Error ? Reflect.get(error, 'code') : undefined
    if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'ENAMETOOLONG') return undefined
    const reason = code === 'ELOOP' ? 'its symbolic links form a loop' : String(code ?? error)
    throw new LlmobsExpError('E_FILE_NOT_FOUND', `cannot read ${JSON.stringify(path)}: ${reason}`, { cause: error })
  }
}

function notRegular(pattern: string, path: string, found: Stats): LlmobsExpError {
  const got = found.isDirectory() ? 'a folder' : 'something else (a device, pipe or socket)'
  const hint = found.isDirectory() ? { hint: `name a file in it, or quote a pattern: '${pattern}/*.ts'` } : {}
  const message = `${JSON.stringify(pattern)}: expected a regular file, got ${got}`
  return new LlmobsExpError('E_FILE_NOT_FOUND', message, { location: { file: path }, ...hint })
}

function missing(pattern: string, path: string, cwd: string): LlmobsExpError {
  const near = nearFile(path, isModuleName)
  const hint = near === undefined ? {} : { hint: `did you mean ${JSON.stringify(relative(cwd, near) || near)}?` }
  return new LlmobsExpError('E_FILE_NOT_FOUND', `${JSON.stringify(pattern)}: there is no such file`, {
    location: { file: path },
    ...hint,
  })
}
