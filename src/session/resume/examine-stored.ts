import type { ExperimentOptions } from '../../config/resolve.ts'
import type { LoadedExperiment } from '../load-modules.ts'
import { createPlan } from '../plan-experiment.ts'
import { refuseInvalid } from '../refuse-invalid.ts'
import { changedDataset, describeDifferences } from './changed-error.ts'
import { type ExaminedRecords, examineRecords } from './examine-records.ts'
import type { LogState } from './log-state.ts'
import { readLog } from './read-log.ts'
import type { ResumeFlags, StoredState } from './stored-state.ts'

/** How the dataset compares with the log, and the log as far as it still counts. */
export interface ExaminedStored {
  readonly state: LogState
  /** Absent for a dataset that can be read but once: it is compared when it is read. */
  readonly examined?: ExaminedRecords
  /** Whether the dataset is to be read to run what is left. */
  readonly readsDataset: boolean
  readonly plannedRecords: number | undefined
  /** What is gone on with although it has changed. */
  readonly allowed?: string
}

export interface ExamineStoredOptions {
  readonly loaded: LoadedExperiment
  readonly options: ExperimentOptions
  readonly flags: ResumeFlags
}

const BATCH = 256

/**
 * Compares the dataset with what was read of it before.
 * @throws LlmobsExpError `E_RESUME_CHANGED`, `E_DATASET_RECORD` or what reading it throws
 */
export async function examineStored(stored: StoredState, options: ExamineStoredOptions): Promise<ExaminedStored> {
  const { loaded, flags } = options
  const { state, manifest } = stored
  const { plannedRecords } = manifest.options
  if (loaded.info.dataset.kind === 'iterable') {
    const isAll = isAllRead(state, plannedRecords) && loaded.info.redacts !== true
    const readsDataset = !isAll || state.damagedLines > 0 || flags.allowChanged
    return { state, readsDataset, plannedRecords }
  }
  const examined = await examine(stored, state, options)
  const { skipInvalid } = options.options.values
  refuseInvalid(examined.check, { name: manifest.definition.name, skipInvalid, hasSkip: false })
  const differences = describeDifferences(examined, unreadRecords(state, plannedRecords))
  if (differences === undefined) {
    return { state, examined, readsDataset: examined.added.count > 0, plannedRecords: examined.selected }
  }
  if (!flags.allowChanged) {
    throw changedDataset(manifest.definition.name, loaded.info.dataset.description, differences)
  }
  return allowChanges(stored, { examined, options, differences })
}

interface Allowed {
  readonly examined: ExaminedRecords
  readonly options: ExamineStoredOptions
  readonly differences: string
}

/** What was made of records that have changed does not count any more. */
async function allowChanges(stored: StoredState, { examined, options, differences }: Allowed): Promise<ExaminedStored> {
  const { manifest, claimed, tally } = stored
  const { changed, added, gone, selected } = examined
  const readsDataset = changed.size + added.count > 0
  const result = { examined, readsDataset, plannedRecords: selected + gone.count, allowed: differences }
  if (changed.size === 0) return { ...result, state: stored.state }
  tally.clear()
  const { evaluators } = manifest.definition
  const state = await readLog(claimed.files.events, { evaluators, flags: options.flags, tally, without: changed })
  return { ...result, state, examined: await examine(stored, state, options) }
}

function examine(
  { reader, manifest }: StoredState,
  { known }: LogState,
  { loaded, options }: ExamineStoredOptions,
): Promise<ExaminedRecords> {
  const { info, module } = loaded
  const { experimentId } = manifest
  const { selection } = createPlan({ experimentId, info, options, firstSeq: 1, plannedRecords: undefined })
  return examineRecords({ items: module.records(info.ref, BATCH), selection, known, reader })
}

/** Every record was handed out to the first run. */
function isAllRead({ runs, known }: LogState, plannedRecords: number | undefined): boolean {
  const isBehind = [...runs].some(([iteration, run]) => iteration > 1 || run.wasFinished)
  return isBehind || known.count === plannedRecords
}

/** How many records were never read, or cannot be read back; undefined where that is not known. */
function unreadRecords(state: LogState, plannedRecords: number | undefined): number | undefined {
  if (plannedRecords !== undefined) return Math.max(plannedRecords - state.known.count, 0)
  if (!isAllRead(state, undefined)) return undefined
  return state.damagedLines === 0 ? 0 : undefined
}
