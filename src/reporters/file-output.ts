import { randomUUID } from 'node:crypto'
import { type FileHandle, lstat, mkdir, open, rename, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { toErrorInfo } from '../model/error-info.ts'
import { LlmobsExpError } from '../model/errors.ts'
import type { Output } from './output.ts'

/**
 * A report file. It is written beside its place and put there when it is complete, so that no reader sees a half one and nothing
 * is ever written through a link. Folders are made as needed.
 *
 * @throws E_OPTION when the place cannot be written, or is a link or anything else that is no regular file
 */
export async function createFileOutput(path: string): Promise<Output> {
  const draft = join(dirname(path), `.${basename(path).slice(0, 100)}.${randomUUID()}.tmp`)
  await checkPlace(path)
  await checkWritable(path, draft)
  // Opened at the first write: a command that ends before has nothing to clean up.
  let handle: Promise<FileHandle> | undefined
  const opened = () => {
    handle ??= open(draft, 'wx', 0o644)
    return handle
  }
  return {
    async write(text) {
      await (await opened()).appendFile(text, 'utf8')
    },
    async finish() {
      try {
        const file = await opened()
        await file.sync()
        await file.close()
        await rename(draft, path)
      } catch (thrown) {
        await rm(draft, { force: true })
        throw thrown
      }
    },
    async discard() {
      const file = await handle?.catch(() => undefined)
      await file?.close()
      await rm(draft, { force: true })
    },
  }
}

async function checkPlace(path: string): Promise<void> {
  const found = await lstat(path).catch(() => undefined)
  if (found === undefined || found.isFile()) return
  const kind = found.isSymbolicLink() ? 'a symbolic link' : found.isDirectory() ? 'a folder' : 'no regular file'
  throw new LlmobsExpError('E_OPTION', `--reporter: expected a path to write a file to, got ${path}, which is ${kind}`)
}

async function checkWritable(path: string, draft: string): Promise<void> {
  try {
    await mkdir(dirname(path), { recursive: true })
    await (await open(draft, 'wx', 0o644)).close()
    await rm(draft)
  } catch (cause) {
    const { message } = toErrorInfo('E_OPTION', cause)
    throw new LlmobsExpError('E_OPTION', `--reporter: cannot write ${path}: ${message}`, { cause })
  }
}
