import { existsSync } from 'node:fs'
import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { toErrorInfo } from '../../model/error-info.ts'
import type { Manifest } from './manifest.ts'
import type { LocalStore } from './store.ts'
import { errnoOf, readError } from './store-error.ts'

/** A folder of the store whose manifest does not say what it is; `newer` was written by a later version of this tool. */
export interface UnreadableEntry {
  readonly status: 'damaged' | 'newer'
  readonly experimentId: string
  readonly reason: string
}

/** What lies in one folder of the store. */
export type StoreEntry =
  | { readonly status: 'readable'; readonly experimentId: string; readonly manifest: Manifest }
  | UnreadableEntry

/** Everything in the store, newest first. What cannot be read stands in it with the reason; what is removed meanwhile does not. */
export async function readEntries(store: LocalStore): Promise<StoreEntry[]> {
  const entries = await Promise.all(store.ids().map((id) => readEntry(store, id)))
  return entries.filter((entry) => entry !== undefined)
}

/** One of them; undefined when it has been removed meanwhile. */
export async function readEntry(store: LocalStore, experimentId: string): Promise<StoreEntry | undefined> {
  try {
    return { status: 'readable', experimentId, manifest: await store.manifest(experimentId) }
  } catch (error) {
    if (!existsSync(store.files(experimentId).folder)) return undefined
    const { code, message } = toErrorInfo('E_STORE_READ', error)
    return { status: code === 'E_STORE_FORMAT' ? 'newer' : 'damaged', experimentId, reason: message }
  }
}

/**
 * Bytes of all files in a folder. What vanishes meanwhile counts as nothing.
 * @throws LlmobsExpError `E_STORE_READ` for a folder that may not be read
 */
export async function sizeOfFolder(folder: string): Promise<number> {
  try {
    const entries = await readdir(folder, { withFileTypes: true })
    const sizes = await Promise.all(
      entries.map((entry) => {
        const path = join(folder, entry.name)
        if (entry.isDirectory()) return sizeOfFolder(path)
        return entry.isFile() ? sizeOfFile(path) : 0
      }),
    )
    return sizes.reduce((sum, size) => sum + size, 0)
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return 0
    throw readError(folder, error)
  }
}

async function sizeOfFile(path: string): Promise<number> {
  const { size } = await stat(path)
  return size
}
