import { lstat, mkdir, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { LlmobsExpError } from '../../model/errors.ts'
import { makeVisible } from '../../model/quote.ts'

export interface NewFile {
  /** Absolute. */
  readonly path: string
  /** As it is named in messages. */
  readonly shownAs: string
  readonly text: string
}

/**
 * Writes files that are not there yet: all of them, or none where one is there. With `replace` it writes them anyway.
 * @throws LlmobsExpError `E_FILE_EXISTS` or `E_FILE_WRITE`
 */
export async function writeNewFiles(files: readonly NewFile[], replace: boolean): Promise<void> {
  if (!replace) {
    for (const file of files) if (await exists(file.path)) throw fileExists(file)
  }
  for (const file of files) await writeOne(file, replace)
}

async function writeOne(file: NewFile, replace: boolean): Promise<void> {
  try {
    await mkdir(dirname(file.path), { recursive: true })
    // `wx`: one that came in between is not written over either.
    await writeFile(file.path, file.text, { flag: replace ? 'w' : 'wx' })
  } catch (cause) {
    const code: unknown = cause instanceof Error ? Reflect.get(cause, 'code') : undefined
    if (code === 'EEXIST' && !replace && (await exists(file.path))) throw fileExists(file)
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new LlmobsExpError('E_FILE_WRITE', `cannot write ${shown(file)}: ${reason}`, { cause })
  }
}

async function exists(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    // A path through a file is told when it is written.
    () => false,
  )
}

function fileExists(file: NewFile): LlmobsExpError {
  const hint = 'name the experiment otherwise with --name, or replace what is there with --force'
  return new LlmobsExpError('E_FILE_EXISTS', `${shown(file)} is there already, and is not replaced`, { hint })
}

/** In full, whatever its length. */
function shown({ shownAs }: NewFile): string {
  return makeVisible(JSON.stringify(shownAs))
}
