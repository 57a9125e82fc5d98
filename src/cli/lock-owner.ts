import { readFileSync } from 'node:fs'
import { hostname } from 'node:os'
import process from 'node:process'
import type { LockState } from '../backends/local/lock.ts'
import type { LockOwner } from '../backends/local/store.ts'

/** `unknown` where the process that claims an experiment ran on another machine, or the lock does not say. */
export type Claim = 'running' | 'none' | 'unknown'

/** Whether the process that a lock names still runs. */
export function claimOf(lock: LockState): Claim {
  if (lock.status !== 'held') return lock.status === 'free' ? 'none' : 'unknown'
  const { pid, host, started } = lock.owner
  if (host !== hostname()) return 'unknown'
  const found = readProcess(pid)
  if (found === undefined) return isProcess(pid) ? 'running' : 'none'
  const isAnother = started !== undefined && started !== found.started
  return isAnother || found.isDead ? 'none' : 'running'
}

/** What this process writes into its locks. */
export function ownLock(): LockOwner {
  const { pid } = process
  const found = readProcess(pid)
  return { pid, host: hostname(), ...(found === undefined ? {} : { started: found.started }) }
}

interface ProcessState {
  /** In clock ticks since its machine was started. */
  readonly started: number
  /** It has ended, and nobody has asked how. */
  readonly isDead: boolean
}

/** Undefined where there is no such process, and where /proc does not tell. */
function readProcess(pid: number): ProcessState | undefined {
  try {
    // Its second word is a name in brackets, which may hold spaces and brackets.
    const [, rest = ''] = /^.*\) (.*)$/s.exec(readFileSync(`/proc/${pid}/stat`, 'latin1')) ?? []
    const words = rest.split(' ')
    const started = Number(words[19])
    return Number.isSafeInteger(started) ? { started, isDead: /^[ZX]/.test(rest) } : undefined
  } catch {
    return undefined
  }
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
