import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** What was asked of the disk, as `preload.cjs` has recorded it, and the how many of all that can be made to fail it was. */
export type DiskCall = { readonly number: number } & (
  | { readonly call: 'mkdirSync'; readonly path: string; readonly isNew: boolean; readonly first?: string }
  | { readonly call: 'openSync'; readonly path: string; readonly flags: string | number; readonly isNew: boolean }
  | { readonly call: 'writeSync'; readonly path: string; readonly data: string }
  | { readonly call: 'truncateSync'; readonly path: string; readonly size: number }
  | { readonly call: 'fsyncSync' | 'fdatasyncSync'; readonly path: string }
  | { readonly call: 'fdatasync-begin' | 'fdatasync-end'; readonly path: string; readonly of: number }
  | { readonly call: 'renameSync' | 'copyFileSync'; readonly path: string; readonly to: string }
  | { readonly call: 'unlinkSync' | 'rmSync'; readonly path: string }
  | {
      readonly call:
        | 'closeSync'
        | 'utimesSync'
        | 'readFileSync'
        | 'readSync'
        | 'fstatSync'
        | 'statSync'
        | 'readdirSync'
        | 'open'
        | 'read'
        | 'stat'
      readonly path: string
    }
)

const preload = join(import.meta.dirname, 'preload.cjs')

export interface DiskFault {
  /** Everything under it is watched. */
  readonly folder: string
  /** A file that what was asked for is written to. */
  readonly record?: string
  /** Number of the call that fails or kills, from 1. */
  readonly at?: number
  readonly error?: 'EIO' | 'ENOSPC' | 'EACCES'
  /** Whether all later ones fail too. */
  readonly forGood?: boolean
  readonly kill?: 'before' | 'after'
}

/** Environment of a process that has such a disk. */
export function diskEnv(fault: DiskFault): { readonly [name: string]: string } {
  return { DISK_FAULT: JSON.stringify(fault), NODE_OPTIONS: `--require ${preload}` }
}

/** What a process has asked of the disk, in order. */
export function readCalls(file: string): readonly DiskCall[] {
  const lines = readFileSync(file, 'utf8').split('\n')
  return lines.filter((line) => line !== '').map((line) => JSON.parse(line))
}
