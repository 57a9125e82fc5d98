import { readLock } from '../../backends/local/lock.ts'
import { type ClaimedExperiment, claimExperiment } from '../../backends/local/reopen.ts'
import { LlmobsExpError } from '../../model/errors.ts'
import type { CommandContext } from '../command-context.ts'
import { claimOf, ownLock } from '../lock-owner.ts'
import { describeClaim } from '../push/targets.ts'
import type { GroupEntry } from './find-group.ts'

export interface ClaimedEntry extends GroupEntry {
  readonly claimed: ClaimedExperiment
}

/**
 * Claims all experiments of a group, or none.
 * @param isUnlocked whether a process that cannot be asked from here is known to be gone
 * @throws LlmobsExpError `E_STORE_LOCKED`
 */
export function claimGroup(
  entries: readonly GroupEntry[],
  isUnlocked: boolean,
  { clock }: Pick<CommandContext, 'clock'>,
): ClaimedEntry[] {
  const claimed: ClaimedEntry[] = []
  try {
    for (const entry of entries) claimed.push({ ...entry, claimed: claim(entry, isUnlocked, clock.now()) })
    return claimed
  } catch (error) {
    releaseAll(claimed)
    throw error
  }
}

export function releaseAll(entries: readonly ClaimedEntry[]): void {
  for (const { claimed } of entries) claimed.release()
}

function claim({ manifest, files }: GroupEntry, isUnlocked: boolean, now: number): ClaimedExperiment {
  const { experimentId } = manifest
  const isGone: Parameters<typeof claimExperiment>[1]['isGone'] = (lock) => {
    const owner = claimOf(lock)
    return owner === 'none' || (isUnlocked && owner === 'unknown')
  }
  const claimed = claimExperiment(files, { owner: ownLock(), isGone, now })
  if (claimed === undefined) throw locked(experimentId, describeClaim(files) ?? 'by another process')
  const pushing = readLock(files.pushLock)
  if (claimOf(pushing) !== 'running' || pushing.status !== 'held') return claimed
  claimed.release()
  throw new LlmobsExpError('E_STORE_LOCKED', `${experimentId} is being pushed by process ${pushing.owner.pid}`, {
    hint: 'wait for its end: rows that were run again meanwhile would be pushed as they were',
  })
}

function locked(experimentId: string, claim: string): LlmobsExpError {
  return new LlmobsExpError('E_STORE_LOCKED', `${experimentId} is still being run: ${claim}`, {
    hint: 'wait for its end; where that process is gone for good, --unlock takes the experiment over',
  })
}
