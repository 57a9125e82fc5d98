import type { Stats } from 'node:fs'
import { type FileHandle, open, stat } from 'node:fs/promises'
import { isAbsolute, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { isModuleName, nearFile } from '../files/near-path.ts'
import { LlmobsExpError } from '../model/errors.ts'
import { makeVisible, quote, quoteText } from '../model/quote.ts'
import type { SourceFile } from './describe-file.ts'

const MISSING = 'none'

const faults: ReadonlyMap<string, string> = new Map([
  ['ENOENT', MISSING],
  ['ENOTDIR', 'none: a part of the path is a file, not a folder'],
  ['EACCES', 'one that may not be read'],
  ['EPERM', 'one that may not be read'],
  ['ELOOP', 'a loop of symbolic links'],
  ['ENAMETOOLONG', 'a path that is too long'],
])

/** @throws LlmobsExpError `E_DATASET_FILE` for a URL that names no file */
function resolveFile({ description, path }: SourceFile, baseFolder: string): string {
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
export async function openRegularFile(source: SourceFile, baseFolder: string): Promise<OpenFile> {
  const file = resolveFile(source, baseFolder)
  const { description } = source
  try {
    const kind = describeKind(await stat(file))
    if (kind !== 'a regular file') throw fileError({ file, description, got: kind })
    return { file, handle: await open(file, 'r') }
  } catch (cause) {
    if (cause instanceof LlmobsExpError) throw cause
    const fault = describeFault(cause)
    const near = fault.got === MISSING ? nearDataset(file, source, baseFolder) : undefined
    throw fileError({
      file,
      description,
      ...fault,
      ...(near === undefined ? {} : { hint: `did you mean ${quoteText(near)}?` }),
    })
  }
}

export interface OpenFile {
  /** Absolute path. */
  readonly file: string
  readonly handle: FileHandle
}

/** The file that was meant by the path of one that is not there, as the user would write it. */
function nearDataset(file: string, { path }: SourceFile, baseFolder: string): string | undefined {
  const near = nearFile(file, (name) => !isModuleName(name))
  if (near === undefined || typeof path !== 'string' || isAbsolute(path)) return near
  const meant = relative(baseFolder, near)
  return path.startsWith('./') && !meant.startsWith('.') ? `./${meant}` : meant
}

interface FileFault {
  readonly file: string
  readonly description: string
  readonly got: string
  readonly cause?: unknown
  /** @default where paths start from */
  readonly hint?: string
}

const WHERE_PATHS_START =
  'a relative path starts from the folder of the experiment file; new URL(…, import.meta.url) names one beside the module'

export function fileError({ file, description, got, cause, hint = WHERE_PATHS_START }: FileFault): LlmobsExpError {
  const message = `${description}: expected a regular file at ${makeVisible(file)}, got ${got}`
  return new LlmobsExpError('E_DATASET_FILE', message, { hint, location: { file }, cause })
}

/** Whether the operating system refused something, as opposed to a defect of this tool. */
export function isSystemError(thrown: unknown): boolean {
  return thrown instanceof Error && Reflect.has(thrown, 'syscall')
}

/** What was got, with its cause where the words do not say all of it. */
export function describeFault(cause: unknown): Pick<FileFault, 'got' | 'cause'> {
  const code: unknown = cause instanceof Error ? Reflect.get(cause, 'code') : undefined
  const known = typeof code === 'string' ? faults.get(code) : undefined
  return known === undefined
    ? { got: `one that cannot be read (${makeVisible(String(code ?? cause))})`, cause }
    : { got: known }
}

function describeKind(stats: Stats): string {
  if (stats.isFile()) return 'a regular file'
  if (stats.isDirectory()) return 'a folder'
  if (stats.isFIFO()) return 'a pipe'
  return stats.isSocket() ? 'a socket' : 'a device'
}
