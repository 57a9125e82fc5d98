import { type FSWatcher, watch } from 'node:fs'
import { basename, dirname } from 'node:path'
import { statOf } from '../load/fingerprint.ts'

/**
 * Hears of changes of files by way of their folders: a watch on a file itself would stay with what was renamed away or deleted,
 * as editors do when they save. It may miss something, and never says what has changed: it is a reason to look.
 */
export interface FolderWatch {
  /** The files whose folders are watched from here on. */
  watch(files: Iterable<string>): void
  /** Watches folders that have come, or come back, meanwhile. */
  refresh(): void
  close(): void
}

interface WatchedFolder {
  readonly watcher: FSWatcher
  /** Another one at the same path is another folder. */
  readonly inode: number
}

export function createFolderWatch(onEvent: () => void): FolderWatch {
  let names = new Map<string, Set<string>>()
  const folders = new Map<string, WatchedFolder>()

  const forget = (folder: string): void => {
    folders.get(folder)?.watcher.close()
    folders.delete(folder)
  }
  const open = (folder: string, inode: number): void => {
    try {
      const watcher = watch(folder, { persistent: false }, (_event, name) => {
        if (name === null || names.get(folder)?.has(name) === true) onEvent()
      })
      watcher.on('error', () => forget(folder))
      folders.set(folder, { watcher, inode })
    } catch {
      // The system has no watches left, or cannot watch such a folder: what is looked at from time to time is found all the same.
    }
  }
  const refresh = (): void => {
    for (const folder of [...folders.keys()]) if (!names.has(folder)) forget(folder)
    for (const folder of names.keys()) {
      const inode = statOf(folder)?.ino
      if (inode === folders.get(folder)?.inode) continue
      forget(folder)
      if (inode !== undefined) open(folder, inode)
    }
  }
  return {
    watch(files) {
      names = new Map()
      for (const file of files) {
        const known = names.get(dirname(file)) ?? new Set()
        names.set(dirname(file), known.add(basename(file)))
      }
      refresh()
    },
    refresh,
    close() {
      names = new Map()
      refresh()
    },
  }
}
