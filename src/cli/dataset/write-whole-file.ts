import { link, lstat, mkdir, open, rename, rm, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import process from 'node:process'
import { LlmobsExpError } from '../../model/errors.ts'
import { makeVisible } from '../../model/quote.ts'

export interface WrittenFile {
  /** Absolute. */
  readonly path: string
  /** As it is named in messages. */
  readonly shownAs: string
  /** Whether one that is there is replaced. */
  readonly replace: boolean
}

/** @throws LlmobsExpError `E_FILE_EXISTS` */
export async function refuseExisting(file: WrittenFile): Promise<void> {
  if (!file.replace && (await exists(file.path))) throw fileExists(file)
}

/**
 * Writes a file at once: whoever reads it meets all of it, or what was there before.
 * @throws LlmobsExpError `E_FILE_EXISTS` or `E_FILE_WRITE`
 */
export async function writeWholeFile(file: WrittenFile, lines: readonly string[]): Promise<void> {
  const folder = dirname(file.path)
  const temporary = join(folder, `.${basename(file.path)}.${process.pid}.tmp`)
  try {
    await mkdir(folder, { recursive: true })
    await writeLines(temporary, lines)
    if (file.replace) await rename(temporary, file.path)
    else await moveNew(temporary, file)
  } catch (cause) {
    if (cause instanceof LlmobsExpError) throw cause
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new LlmobsExpError('E_FILE_WRITE', `cannot write ${shown(file)}: ${reason}`, { cause })
  } finally {
    // Where it could not be written it cannot be removed either.
    await rm(temporary, { force: true }).catch(() => {})
  }
}

async function writeLines(path: string, lines: readonly string[]): Promise<void> {
  const handle = await open(path, 'w')
  try {
    // As a list, for a single text may not be that long.
    await writeFile(handle, lines)
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** One that came in between is not written over either. */
async function moveNew(temporary: string, file: WrittenFile): Promise<void> {
  try {
    await link(temporary, file.path)
  } catch (cause) {
    if (await exists(file.path)) throw fileExists(file)
    const code: unknown = cause instanceof Error ? Reflect.get(cause, 'code') : undefined
    if (code !== 'EPERM' && code !== 'ENOTSUP' && code !== 'ENOSYS') throw cause
    // Not every file system has links.
    await rename(temporary, file.path)
  }
}

function exists(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    // A path through a file is told when it is written.
    () => false,
  )
}

function fileExists(file: WrittenFile): LlmobsExpError {
  const hint = 'write to another file, or replace this one with --force'
  return new LlmobsExpError('E_FILE_EXISTS', `${shown(file)} is there already, and is not replaced`, { hint })
}

function shown({ shownAs }: WrittenFile): string {
  return makeVisible(JSON.stringify(shownAs))
}
