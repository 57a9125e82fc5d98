import { readFileSync } from 'node:fs'
import type { LockOwner } from './store.ts'
import { errnoOf, readError } from './store-error.ts'

/** Whether a process claims an experiment; `unreadable` when something else stands in the lock. */
export type LockState =
  | { readonly status: 'free' }
  | { readonly status: 'held'; readonly owner: LockOwner }
  | { readonly status: 'unreadable' }

/** @throws LlmobsExpError `E_STORE_READ` for a lock that may not be read */
export function readLock(path: string): LockState {
  try {
    const owner: unknown = JSON.parse(readFileSync(path, 'utf8'))
    return isOwner(owner) ? { status: 'held', owner } : { status: 'unreadable' }
  } catch (error) {
    if (error instanceof SyntaxError) return { status: 'unreadable' }
    if (errnoOf(error) === 'ENOENT' || errnoOf(error) === 'ENOTDIR') return { status: 'free' }
    throw readError(path, error)
  }
}

function isOwner(value: unknown): value is LockOwner {
  if (typeof value !== 'object' || value === null) return false
  const pid: unknown = Reflect.get(value, 'pid')
  const isPid = typeof pid === 'number' && Number.isSafeInteger(pid) && pid > 0
  const started: unknown = Reflect.get(value, 'started')
  const isStart = started === undefined || typeof started === 'number'
  return isPid && isStart && typeof Reflect.get(value, 'host') === 'string'
}
