import type { Stats } from 'node:fs'
import { type FileHandle, open, stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { LlmobsExpError } from '../model/errors.ts'
import { makeVisible, quote } from '../model/quote.ts'
import type { SourceFile } from './describe-file.ts'

const faults: ReadonlyMap<string, string> = new Map([
  ['ENOENT', 'none'],
  ['ENOTDIR', 'none: a part of the path is a file, not a folder'],
  ['EACCES', 'one that may not be read'],
  ['EPERM', 'one that may not be read'],
  ['ELOOP', 'a loop of symbolic links'],
  ['ENAMETOOLONG', 'a path that is too long'],
])

/** @throws LlmobsExpError `E_DATASET_FILE` for a URL that names no file */
export function resolveFile({ description, path }: SourceFile, baseFolder: string): string {
  if (typeof path === 'string') return resolve(baseFolder, path)
  try {
    return fileURLToPath(path)
  } catch (cause) {
    throw new LlmobsExpError('E_DATASET_FILE', `${description}: expected a file: URL, got ${quote(path.href)}`, {
      cause,
    })
  }
}

/**
 * Opens a regular file, and nothing else: a pipe or a device may have no end, and cannot be read twice.
 *
 * @throws LlmobsExpError `E_DATASET_FILE`
 */
export async function openRegularFile(file: string, description: string): Promise<FileHandle> {
  try {
    const kind = describeKind(await stat(file))
    if (kind !== 'a regular file') throw fileError({ file, description, got: kind })
    return await open(file, 'r')
  } catch (cause) {
    if (cause instanceof LlmobsExpError) throw cause
    throw fileError({ file, description, got: describeFault(cause), cause })
  }
}

interface FileFault {
  readonly file: string
  readonly description: string
  readonly got: string
  readonly cause?: unknown
}

export function fileError({ file, description, got, cause }: FileFault): LlmobsExpError {
  const message = `${description}: expected a regular file at ${makeVisible(file)}, got ${got}`
  return new LlmobsExpError('E_DATASET_FILE', message, {
    hint: 'a relative path starts from the folder of the experiment file; new URL(…, import.meta.url) names one beside the module',
    location: { file },
    cause,
  })
}

/** Whether the operating system refused something, as opposed to a defect of this tool. */
export function isSystemError(thrown: unknown): boolean {
  return thrown instanceof Error && Reflect.has(thrown, 'syscall')
}

export function describeFault(cause: unknown): string {
  const code: unknown = cause instanceof Error ? Reflect.get(cause, 'code') : undefined
  const known = typeof code === 'string' ? faults.get(code) : undefined
  return known ?? `one that cannot be read (${makeVisible(String(code ?? cause))})`
}

function describeKind(stats: Stats): string {
  if (stats.isFile()) return 'a regular file'
  if (stats.isDirectory()) return 'a folder'
  if (stats.isFIFO()) return 'a pipe'
  return stats.isSocket() ? 'a socket' : 'a device'
}
