import { statSync } from 'node:fs'
import { readEntries } from '../../backends/local/entries.ts'
import type { ExperimentFiles } from '../../backends/local/layout.ts'
import { readLock } from '../../backends/local/lock.ts'
import type { Manifest } from '../../backends/local/manifest.ts'
import type { LocalStore } from '../../backends/local/store.ts'
import { LlmobsExpError } from '../../model/errors.ts'
import type { PulledFrom } from '../../model/pull.ts'
import { claimOf } from '../lock-owner.ts'

/** A stored experiment that is to be pushed. */
export interface PushTarget {
  readonly experimentId: string
  readonly manifest: Manifest
  readonly files: ExperimentFiles
}

export interface ChosenTargets {
  /** Oldest first: the backend takes what is a day old and no more. */
  readonly targets: readonly PushTarget[]
  /** Why others are not among them, a line each. */
  readonly leftOut: readonly string[]
}

/**
 * One experiment that was named.
 * @throws LlmobsExpError `E_STORE_LOCKED` for one that is still being run, `E_STORE_PULLED` for one that was never run here
 */
export function targetOf(
  store: LocalStore,
  { experimentId, manifest }: Pick<PushTarget, 'experimentId' | 'manifest'>,
): PushTarget {
  const files = store.files(experimentId)
  if (manifest.pulled !== undefined) {
    throw new LlmobsExpError('E_STORE_PULLED', `${experimentId} was ${describePulled(manifest.pulled)}`, {
      hint: 'it is there already; pushed again it would be there twice',
    })
  }
  const claim = describeClaim(files)
  if (claim === undefined) return { experimentId, manifest, files }
  throw new LlmobsExpError('E_STORE_LOCKED', `${experimentId} is still being run: ${claim}`, {
    hint: 'it is pushed by the command that runs it, unless that was told not to; wait for its end',
  })
}

/** All experiments of the store that have results. */
export async function allTargets(store: LocalStore): Promise<ChosenTargets> {
  const targets: PushTarget[] = []
  const leftOut: string[] = []
  for (const entry of (await readEntries(store)).reverse()) {
    const { experimentId } = entry
    const files = store.files(experimentId)
    const claim = entry.status === 'readable' ? describeClaim(files) : undefined
    if (entry.status !== 'readable') leftOut.push(`${experimentId} cannot be read: ${entry.reason}`)
    else if (entry.manifest.pulled !== undefined)
      leftOut.push(`${experimentId} was ${describePulled(entry.manifest.pulled)}`)
    else if (claim !== undefined) leftOut.push(`${experimentId} is still being run: ${claim}`)
    else if (hasLog(files)) targets.push({ experimentId, manifest: entry.manifest, files })
  }
  return { targets, leftOut }
}

/** Where an experiment was pulled from. */
export function describePulled({ place, link }: PulledFrom): string {
  return `pulled from ${place}, not run here: ${link}`
}

/** One that an experiment before it kept from being run has none. */
function hasLog({ events }: ExperimentFiles): boolean {
  return (statSync(events, { throwIfNoEntry: false })?.size ?? 0) > 0
}

/** Who may still be writing it. */
export function describeClaim({ lock }: Pick<ExperimentFiles, 'lock'>): string | undefined {
  const state = readLock(lock)
  const claim = claimOf(state)
  if (claim === 'none') return undefined
  if (state.status !== 'held') return `its lock says nothing: ${lock}`
  const { pid, host } = state.owner
  return claim === 'running' ? `by process ${pid}` : `by process ${pid} on ${host}, which cannot be asked from here`
}
