import { hostname } from 'node:os'
import process from 'node:process'
import type { LockState } from '../backends/local/lock.ts'

/** `unknown` where the process that claims an experiment ran on another machine, or the lock does not say. */
export type Claim = 'running' | 'none' | 'unknown'

/** Whether the process that a lock names still runs. */
export function claimOf(lock: LockState): Claim {
  if (lock.status !== 'held') return lock.status === 'free' ? 'none' : 'unknown'
  const { pid, host } = lock.owner
  if (host !== hostname()) return 'unknown'
  return isProcess(pid) ? 'running' : 'none'
}

function isProcess(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    // There is one, of somebody else.
    return error instanceof Error && Reflect.get(error, 'code') === 'EPERM'
  }
}
