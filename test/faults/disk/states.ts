import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import type { DiskCall } from './record.ts'

/** Files by path, relative to the folder that was watched, and folders that have none. */
export interface DiskState {
  readonly files: ReadonlyMap<string, Buffer>
  readonly folders: ReadonlySet<string>
}

/** A change to the content of a file. */
interface Change {
  readonly at: number
  readonly kind: 'write' | 'cut'
  readonly offset: number
  readonly data: Buffer
}

/** A file apart from its name. */
interface Content {
  readonly changes: Change[]
  /** Before which call everything outlives a power failure. */
  durableBefore: number
  size: number
}

/** A change to the names in a folder. */
type NameChange = { readonly at: number; readonly folder: string } & (
  | { readonly kind: 'file'; readonly path: string; readonly content: Content }
  | { readonly kind: 'folder'; readonly path: string }
  | { readonly kind: 'rename'; readonly path: string; readonly to: string }
  | { readonly kind: 'gone'; readonly path: string }
)

/** What was asked of the disk up to a moment, and what of it would outlive a power failure. */
interface Journal {
  readonly names: readonly NameChange[]
  /** By folder. */
  readonly namesDurableBefore: ReadonlyMap<string, number>
}

/** Everything that was asked for has happened: what the death of the process leaves behind. */
export function afterCrash(calls: readonly DiskCall[], count: number): DiskState {
  return materialize(follow(calls.slice(0, count)), { keepsName: () => true, keep: (change) => change.data })
}

/** The last write has got only so far. */
export function afterTornWrite(calls: readonly DiskCall[], count: number, random: () => number): DiskState {
  const last = count - 1
  const keep = ({ at, data }: Change): Buffer =>
    at === last ? data.subarray(0, Math.floor(random() * data.length)) : data
  return materialize(follow(calls.slice(0, count)), { keepsName: () => true, keep })
}

/**
 * What a power failure may leave behind: of what was not synced, any part, in any order. Names in one folder come in their order;
 * writes of a file do not, and where one is missing before another there are zeros.
 */
export function afterPowerFailure(calls: readonly DiskCall[], count: number, random: () => number): DiskState {
  const journal = follow(calls.slice(0, count))
  const lastName = new Map<string, number>()
  const keepsName = ({ at, folder }: NameChange): boolean => {
    const durable = journal.namesDurableBefore.get(folder) ?? 0
    let last = lastName.get(folder)
    if (last === undefined) {
      last = durable + Math.floor(random() * (count - durable + 1))
      lastName.set(folder, last)
    }
    return at < last
  }
  const keep = (change: Change, { durableBefore }: Content): Buffer | undefined => {
    if (change.at < durableBefore) return change.data
    const chance = random()
    if (chance < 0.4) return change.data
    if (chance < 0.7 || change.kind === 'cut') return undefined
    if (chance < 0.85) return change.data.subarray(0, Math.floor(random() * change.data.length))
    return Buffer.alloc(change.data.length)
  }
  return materialize(journal, { keepsName, keep })
}

function follow(calls: readonly DiskCall[]): Journal {
  const names: NameChange[] = []
  const namesDurableBefore = new Map<string, number>()
  const open = new Map<string, Content>()
  const syncing = new Map<number, number>()
  calls.forEach((call, at) => {
    const { path } = call
    const folder = dirname(path)
    const content = open.get(path)
    switch (call.call) {
      case 'mkdirSync':
        if (call.isNew)
          for (const made of madeFolders(call)) names.push({ at, folder: dirname(made), kind: 'folder', path: made })
        break
      case 'openSync':
        if (call.isNew) {
          const made: Content = { changes: [], durableBefore: 0, size: 0 }
          open.set(path, made)
          names.push({ at, folder, kind: 'file', path, content: made })
        } else if (content !== undefined && call.flags === 'w') cut(content, at, 0)
        break
      case 'writeSync': {
        if (content === undefined) throw new Error(`${path} was written to, and never made`)
        const data = Buffer.from(call.data, 'base64')
        content.changes.push({ at, kind: 'write', offset: content.size, data })
        content.size += data.length
        break
      }
      case 'truncateSync':
        if (content !== undefined) cut(content, at, call.size)
        break
      case 'fsyncSync':
      case 'fdatasyncSync':
        if (content === undefined) namesDurableBefore.set(path, at)
        else content.durableBefore = at
        break
      case 'fdatasync-begin':
        syncing.set(call.of, at)
        break
      case 'fdatasync-end':
        if (content !== undefined) content.durableBefore = Math.max(content.durableBefore, syncing.get(call.of) ?? 0)
        break
      case 'renameSync':
        names.push({ at, folder, kind: 'rename', path, to: call.to })
        if (content !== undefined) open.set(call.to, content)
        open.delete(path)
        break
      case 'unlinkSync':
      case 'rmSync':
        names.push({ at, folder, kind: 'gone', path })
        open.delete(path)
        break
    }
  })
  return { names, namesDurableBefore }
}

/** From the first to the last, where several are made at once. */
function madeFolders({ path, first = path }: { readonly path: string; readonly first?: string }): string[] {
  return path === first ? [path] : [...madeFolders({ path: dirname(path), first }), path]
}

function cut(content: Content, at: number, size: number): void {
  content.changes.push({ at, kind: 'cut', offset: size, data: Buffer.alloc(0) })
  content.size = size
}

interface Survival {
  keepsName(change: NameChange): boolean
  /** What is left of a change; undefined where nothing is. */
  keep(change: Change, content: Content): Buffer | undefined
}

function materialize({ names }: Journal, { keepsName, keep }: Survival): DiskState {
  const contents = new Map<string, Content>()
  const folders = new Set<string>()
  for (const change of names) {
    if (!keepsName(change)) continue
    const { path } = change
    if (change.kind === 'folder') folders.add(path)
    else if (change.kind === 'file') contents.set(path, change.content)
    else if (change.kind === 'rename') {
      const moved = contents.get(path)
      if (moved !== undefined) contents.set(change.to, moved)
      contents.delete(path)
    } else {
      for (const other of [...contents.keys(), ...folders]) {
        if (other !== path && !other.startsWith(`${path}/`)) continue
        contents.delete(other)
        folders.delete(other)
      }
    }
  }
  const files = [...contents].map(([path, content]) => [path, build(content, keep)] as const)
  return { files: new Map(files), folders }
}

function build(content: Content, keep: Survival['keep']): Buffer {
  let bytes = Buffer.alloc(0)
  for (const change of content.changes) {
    const kept = keep(change, content)
    if (kept === undefined) continue
    const { offset } = change
    if (change.kind === 'cut') bytes = bytes.subarray(0, offset)
    else {
      const grown = Buffer.alloc(Math.max(bytes.length, offset + kept.length))
      bytes.copy(grown)
      kept.copy(grown, offset)
      bytes = grown
    }
  }
  return bytes
}

/** Writes a state of `from` under another folder. What lies in a folder that is not there is not there either. */
export function writeState(
  { files, folders }: DiskState,
  { from, to }: { readonly from: string; readonly to: string },
): void {
  mkdirSync(to, { recursive: true })
  const isThere = (folder: string): boolean =>
    folder === dirname(from) || (folders.has(folder) && isThere(dirname(folder)))
  for (const folder of folders) if (isThere(folder)) mkdirSync(join(to, relative(from, folder)), { recursive: true })
  for (const [path, bytes] of files) {
    if (isThere(dirname(path))) writeFileSync(join(to, relative(from, path)), bytes)
  }
}
