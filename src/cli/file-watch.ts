import { statOf } from '../load/fingerprint.ts'
import { ABSENT, type FileState, readFileState, type UsedFile } from '../load/used-files.ts'
import { createFolderWatch } from './folder-watch.ts'

/** Looks at files until they are no longer what they were when they were used. */
export interface FileWatch {
  /** What these files were when they were used: changes are told against that. */
  know(files: readonly UsedFile[]): void
  /** Takes files that are not known for new ones. */
  discover(paths: readonly string[]): void
  /** Forgets all other files. */
  keepOnly(paths: ReadonlySet<string>): void
  /** Takes all files for used as they were at the last look. */
  acknowledge(): void
  /** Files that were something else when they were used, as of the last look. */
  changed(): readonly string[]
  /** Resolves when nothing has changed for a moment: a save, or a checkout, is often many changes. */
  settled(): Promise<void>
  /** How many files there are. */
  readonly count: number
  close(): void
}

/** Milliseconds. */
const AFTER_EVENT = 50
const QUIET = 100
const LONGEST_UNREST = 3_000
/** How often all files are looked at, whatever the file system has said: it says nothing on some. */
const INTERVAL = 1_000
/** A file that was read so shortly after a change may have changed again within one step of the file system's clock. */
const RECENT = 2_000

interface WatchedFile {
  /** When it was used. */
  known: FileState
  /** When it was looked at. */
  seen: FileState
  /** What its folder said of it then. */
  stamp: string
}

/** `onChange` is called at each look that finds something changed. Keeps the process alive until it is closed. */
export function createFileWatch(onChange: () => void): FileWatch {
  const files = new Map<string, WatchedFile>()
  let changes = 0
  let looking: NodeJS.Timeout | undefined

  const changed = (): string[] => [...files].flatMap(([path, { known, seen }]) => (known === seen ? [] : [path]))
  const look = (): void => {
    for (const [path, file] of files) if (refresh(path, file)) changes++
    if (changed().length > 0) onChange()
  }
  const lookSoon = (): void => {
    looking ??= setTimeout(() => {
      looking = undefined
      look()
    }, AFTER_EVENT)
  }
  const folders = createFolderWatch(lookSoon)
  const interval = setInterval(() => {
    folders.refresh()
    look()
  }, INTERVAL)

  const know = (used: readonly UsedFile[]): void => {
    for (const { path, state } of used) {
      const file = files.get(path)
      if (file === undefined) files.set(path, { known: state, seen: state, stamp: '' })
      else file.known = state
    }
    folders.watch(files.keys())
    lookSoon()
  }
  return {
    know,
    discover(paths) {
      const unknown = paths.filter((path) => !files.has(path))
      if (unknown.length > 0) know(unknown.map((path) => ({ path, state: ABSENT })))
    },
    keepOnly(paths) {
      for (const path of [...files.keys()]) if (!paths.has(path)) files.delete(path)
      folders.watch(files.keys())
    },
    acknowledge() {
      for (const file of files.values()) file.known = file.seen
    },
    changed,
    async settled() {
      const since = performance.now()
      for (let before = -1; before !== changes && performance.now() - since < LONGEST_UNREST; ) {
        before = changes
        await new Promise((resolve) => setTimeout(resolve, QUIET))
        look()
      }
    },
    get count() {
      return [...files.values()].filter(({ seen }) => seen !== ABSENT).length
    },
    close() {
      clearInterval(interval)
      clearTimeout(looking)
      folders.close()
    },
  }
}

/** Looks at one file; its bytes are read only where its time cannot tell. Returns whether it is another one than at the last look. */
function refresh(path: string, file: WatchedFile): boolean {
  const stats = statOf(path)
  const stamp = stats === undefined ? ABSENT : [stats.ino, stats.size, stats.mtimeMs, stats.ctimeMs].join(' ')
  const isRecent = stats !== undefined && Date.now() - stats.ctimeMs < RECENT
  if (stamp === file.stamp && !isRecent) return false
  const seen = readFileState(path)
  const isOther = seen !== file.seen
  file.stamp = stamp
  file.seen = seen
  return isOther
}
