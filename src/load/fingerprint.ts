import { hash } from 'node:crypto'
import { readFileSync, type Stats, statSync } from 'node:fs'

/** What a file was when it was read. */
export interface Fingerprint {
  readonly path: string
  readonly mtimeMs: number
  readonly size: number
  /** SHA-256 of its bytes, in hexadecimal. */
  readonly sha256: string
}

/** A file changed this shortly before its fingerprint was kept may have changed again within one step of the file system's clock. */
const RECENT_MS = 10_000

/** Reads a file. The time is taken first, so that a change while reading shows later. */
export function readFingerprint(path: string): { readonly fingerprint: Fingerprint; readonly bytes: Buffer } {
  const { mtimeMs } = statSync(path)
  const bytes = readFileSync(path)
  return { fingerprint: { path, mtimeMs, size: bytes.length, sha256: sha256(bytes) }, bytes }
}

/** Whether the file still is what it was; its bytes are read only when its time cannot tell. */
export function isUnchanged(known: Fingerprint, keptAt: number): boolean {
  const found = statOf(known.path)
  if (found === undefined || !found.isFile() || found.size !== known.size) return false
  if (found.mtimeMs === known.mtimeMs && known.mtimeMs < keptAt - RECENT_MS) return true
  return sha256(readFileSync(known.path)) === known.sha256
}

export function exists(path: string): boolean {
  return statOf(path) !== undefined
}

/** What the file system knows of a path; `undefined` when it cannot be had, for whatever reason. */
export function statOf(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false })
  } catch {
    return undefined
  }
}

export function sha256(content: string | Uint8Array): string {
  return hash('sha256', content, 'hex')
}

export function isFingerprint(value: unknown): value is Fingerprint {
  if (typeof value !== 'object' || value === null) return false
  const isText = (key: string) => typeof Reflect.get(value, key) === 'string'
  const isNumber = (key: string) => typeof Reflect.get(value, key) === 'number'
  return isText('path') && isText('sha256') && isNumber('mtimeMs') && isNumber('size')
}
