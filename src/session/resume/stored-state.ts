import type { Manifest } from '../../backends/local/manifest.ts'
import type { ClaimedExperiment } from '../../backends/local/reopen.ts'
import { createRowReader } from '../../backends/local/row-reader.ts'
import type { Clock } from '../../model/ports.ts'
import type { RowReader } from '../../model/row.ts'
import { LateTally } from './late-tally.ts'
import type { LogState } from './log-state.ts'
import { readLog } from './read-log.ts'
import { isIncomplete } from './rest.ts'
import type { RetryFlags } from './retries.ts'

/** What is asked for beside what is missing. */
export interface ResumeFlags extends RetryFlags {
  /** Whether a changed dataset or config is gone on with. */
  readonly allowChanged: boolean
}

/** A stored experiment that nobody else may write, and what it has come to. */
export interface StoredState {
  readonly manifest: Manifest
  readonly claimed: ClaimedExperiment
  readonly reader: RowReader
  readonly state: LogState
  /** Has counted what counts of the log and is not tried again. */
  readonly tally: LateTally
}

export interface ReadStoredOptions {
  readonly flags: ResumeFlags
  readonly clock: Pick<Clock, 'now'>
}

/** @throws LlmobsExpError `E_STORE_READ` or `E_STORE_FORMAT` */
export async function readStored(
  manifest: Manifest,
  claimed: ClaimedExperiment,
  { flags, clock }: ReadStoredOptions,
): Promise<StoredState> {
  const { definition, options } = manifest
  const { evaluators } = definition
  const { plannedRecords } = options
  const planned = {
    ...(plannedRecords === undefined ? {} : { plannedRecords }),
    ...(options.quarantine === undefined ? {} : { quarantine: options.quarantine }),
  }
  const tally = new LateTally({ evaluators, runs: options.runs, ...planned }, clock)
  const state = await readLog(claimed.files.events, { evaluators, flags, tally })
  return { manifest, claimed, reader: createRowReader(claimed.files.events), state, tally }
}

/** Whether anything is left to run of it, or may be. */
export function hasRest({ manifest, state }: StoredState, flags: ResumeFlags): boolean {
  const { runs, plannedRecords = state.known.count } = manifest.options
  const { finished, known, units } = state
  if (finished === undefined || finished.outcome.status === 'stopped' || flags.allowChanged) return true
  if (known.count < plannedRecords || units.orphans.size > 0) return true
  return Array.from({ length: runs }, (_, index) => index + 1).some((run) => isIncomplete(run, state, flags))
}
