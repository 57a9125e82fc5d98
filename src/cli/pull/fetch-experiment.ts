import { hostname } from 'node:os'
import process from 'node:process'
import type { DatadogRemote } from '../../backends/datadog/remote.ts'
import { type StoredPull, storePulled } from '../../backends/local/pull/store-pulled.ts'
import type { LocalStore } from '../../backends/local/store.ts'
import type { GitInfo } from '../../model/backend.ts'
import { createOddities } from '../../model/oddities.ts'
import type { PulledExperiment } from '../../model/pull.ts'
import { publicAddress } from '../checkout.ts'
import type { CommandContext } from '../command-context.ts'
import { claimOf } from '../lock-owner.ts'

export interface FetchInput {
  readonly remote: DatadogRemote
  readonly id: string
  readonly store: LocalStore
  readonly signal: AbortSignal
  /** The experiment of the store whose place it takes. */
  readonly replaces?: string
}

export interface FetchedExperiment {
  readonly experiment: PulledExperiment
  readonly stored: StoredPull
  /** What is odd about it, a line each. */
  readonly warnings: readonly string[]
}

/** Reads an experiment from the backend into the store. */
export async function fetchExperiment(
  { remote, id, store, signal, replaces }: FetchInput,
  { clock, version }: Pick<CommandContext, 'clock' | 'version'>,
): Promise<FetchedExperiment> {
  const oddities = createOddities()
  const opened = await remote.pullExperiment({ id, oddities }, signal)
  const experiment = withPublicAddress(opened.experiment)
  const stored = await storePulled({
    ...opened,
    experiment,
    store,
    oddities,
    now: clock.now(),
    toolVersion: version,
    owner: { pid: process.pid, host: hostname() },
    isGone: (lock) => claimOf(lock) === 'none',
    ...(replaces === undefined ? {} : { replaces }),
  })
  return { experiment, stored, warnings: oddities.list() }
}

/** Other clients need not have left out what lets people in. */
function withPublicAddress({ git, ...experiment }: PulledExperiment): PulledExperiment {
  if (git === undefined) return experiment
  const address = git.repository === undefined ? undefined : publicAddress(git.repository)
  const { commit } = git
  const kept: GitInfo = {
    ...(commit === undefined ? {} : { commit }),
    ...(address === undefined ? {} : { repository: address }),
  }
  return { ...experiment, git: kept }
}
