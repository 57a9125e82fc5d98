import { readFileSync } from 'node:fs'
import { type Fingerprint, sha256, statOf } from './fingerprint.ts'

/** What a file is: a hash of its bytes, or its size and time where it is too large to be read again and again. Only to be compared. */
export type FileState = string

/** A file, or a place where there was none, that something was made from. */
export interface UsedFile {
  /** Absolute. */
  readonly path: string
  /** As it was when it was used. */
  readonly state: FileState
}

/** Told of files as they come into use. */
export type FileListener = (files: readonly UsedFile[]) => void

/** What a compilation was made from, or tried to be. */
interface CompilationFiles {
  readonly sources: Iterable<Fingerprint>
  readonly settings: Iterable<Fingerprint>
  /** Paths at which there was no file. */
  readonly absent: Iterable<string>
}

/** Where there is no file. */
export const ABSENT: FileState = 'absent'

/** Reading and hashing so much takes 30 ms. */
const MAX_HASHED_BYTES = 32 * 1024 * 1024

/** What is at a path now. Never throws. */
export function readFileState(path: string): FileState {
  const stats = statOf(path)
  if (stats === undefined) return ABSENT
  if (!stats.isFile()) return 'no file'
  if (stats.size > MAX_HASHED_BYTES) return sizeAndTime(stats)
  try {
    return sha256(readFileSync(path))
  } catch {
    return 'unreadable'
  }
}

/** Files as they are now. */
export function useFiles(paths: Iterable<string>): UsedFile[] {
  return Array.from(paths, (path) => ({ path, state: readFileState(path) }))
}

/** The files of a compilation as they were compiled. */
export function compiledFiles({ sources, settings, absent }: CompilationFiles): UsedFile[] {
  return [
    ...Array.from([...sources, ...settings], (file) => ({ path: file.path, state: stateThen(file) })),
    ...Array.from(absent, (path) => ({ path, state: ABSENT })),
  ]
}

function stateThen(file: Fingerprint): FileState {
  return file.size > MAX_HASHED_BYTES ? sizeAndTime(file) : file.sha256
}

function sizeAndTime({ size, mtimeMs }: Pick<Fingerprint, 'size' | 'mtimeMs'>): FileState {
  return `${size} ${mtimeMs}`
}
