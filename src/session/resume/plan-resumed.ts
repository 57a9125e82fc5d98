import { readCurrentEvents } from '../../backends/local/current-events.ts'
import type { Manifest } from '../../backends/local/manifest.ts'
import { showAllowance } from '../../config/option-values.ts'
import { type ResolvedOptions, resolveForExperiment } from '../../config/resolve.ts'
import { type Mask, maskConfig } from '../../config/secrets.ts'
import { resume } from '../../engine/resume.ts'
import { LlmobsExpError } from '../../model/errors.ts'
import type { Problem, Resumed } from '../../model/events.ts'
import type { Clock, DefinitionInfo } from '../../model/ports.ts'
import type { RowReader } from '../../model/row.ts'
import type { BegunExperiment } from '../begun.ts'
import { readFromDataset } from '../dataset-records.ts'
import type { LoadedExperiment } from '../load-modules.ts'
import { createPlan, planExperiment } from '../plan-experiment.ts'
import type { StoredPlan } from '../run-group.ts'
import { changedConfig, describeConfigChange, refuseOtherEvaluators } from './compare-definition.ts'
import { type ExaminedStored, examineStored } from './examine-stored.ts'
import { type Crashes, findCrashes } from './in-flight.ts'
import { type Agreed, manifestInForce } from './manifest-in-force.ts'
import { problemsOf } from './problems.ts'
import { readPushedRows } from './pushed-rows.ts'
import { createRest, type LoggedRest, type RestOptions } from './rest.ts'
import { resumeOptions } from './resume-options.ts'
import type { ResumeFlags, StoredState } from './stored-state.ts'

export interface ResumeTools {
  /** Of the command. */
  readonly options: ResolvedOptions
  readonly flags: ResumeFlags
  readonly clock: Pick<Clock, 'now'>
  /** Of this tool. */
  readonly version: string
  /** Takes secrets out of text. */
  readonly mask: Mask
}

type ResumedPlan = Omit<StoredPlan, 'info'>

/**
 * Decides what is left to run of a stored experiment. Writes nothing.
 * @throws LlmobsExpError `E_RESUME_CHANGED`, and whatever keeps an experiment from being planned
 */
export async function planResumed(
  stored: StoredState,
  loaded: LoadedExperiment,
  tools: ResumeTools,
): Promise<ResumedPlan> {
  const { manifest, state } = stored
  const agreed = agree(manifest, loaded, tools)
  return state.lastSeq === 0 ? planUnbegun(stored, agreed) : planBegun(stored, agreed, tools)
}

/** The definition as it was, with the functions and the dataset that there are now. */
function agree(manifest: Manifest, loaded: LoadedExperiment, { options, flags, mask }: ResumeTools): Agreed {
  const { definition } = manifest
  refuseOtherEvaluators(loaded.info, definition)
  const resolved = resumeOptions(options, manifest)
  const { config } = resolveForExperiment(resolved, loaded.info)
  // Secrets were not kept: one that has changed is no other experiment.
  const keptConfig = maskConfig(config, mask)
  const change = describeConfigChange(keptConfig, definition.config)
  if (change !== undefined && !flags.allowChanged) throw changedConfig(definition.name, change)
  const redacts = loaded.info.redacts ?? definition.redacts
  const info = { ...definition, config, dataset: loaded.info.dataset, ...(redacts === undefined ? {} : { redacts }) }
  if (flags.retryErrors || flags.retryPoison) refuseRetries(info)
  return {
    loaded: { ...loaded, info },
    options: {
      ...resolved,
      config,
      doubtfulKeys: [],
      tags: definition.tags,
      quarantine: manifest.options.quarantine ?? [],
    },
    keptConfig,
    ...(change === undefined ? {} : { allowed: change }),
  }
}

/** A row that is tried again needs the record of the dataset, which has to be found in it. */
function refuseRetries({ name, redacts, dataset }: DefinitionInfo): void {
  if (redacts !== true || dataset.kind !== 'iterable') return
  throw new LlmobsExpError(
    'E_OPTION',
    `--retry-errors and --retry-poison: expected a dataset that can be read again, as redact changes what is kept of it, got ${dataset.description} (${name})`,
    { hint: 'resume without them, or make the dataset an array or a file' },
  )
}

/** One that was planned, and of which nothing has happened. */
async function planUnbegun({ manifest, claimed, state }: StoredState, agreed: Agreed): Promise<ResumedPlan> {
  const planned = await planExperiment(agreed.loaded, agreed.options, manifest.experimentId)
  const { plannedRecords } = planned.plan
  const inForce = manifestInForce(manifest, agreed, { plannedRecords, datasetRecords: planned.check?.records })
  return { ...planned, manifest: inForce, stored: claimed.reopen({ manifest: inForce, end: state.end }) }
}

async function planBegun(stored: StoredState, agreed: Agreed, tools: ResumeTools): Promise<ResumedPlan> {
  const { manifest, claimed, reader } = stored
  const { experimentId } = manifest
  const { loaded, options } = agreed
  const examination = await examineStored(stored, { ...agreed, flags: tools.flags })
  const { state, examined, plannedRecords, readsDataset } = examination
  const { retryPoison } = tools.flags
  const crashes = await findCrashes({ state, reader, runs: options.values.runs, retryPoison })
  const isPushed = await readPushedRows(claimed.files.push, tools.clock)
  const rest = await createRest({
    name: loaded.info.name,
    state,
    crashes,
    reader,
    ...recordsFor(loaded, reader),
    flags: tools.flags,
    changed: examined?.changed ?? new Set(),
    isExamined: examined !== undefined,
    readsDataset,
    resumed: resumedEvent(examination, agreed, { ...tools, crashes }),
    problems: describeProblems(stored, agreed, { examination, crashes }),
    ...(isPushed === undefined ? {} : { isPushed }),
  })
  const inForce = manifestInForce(manifest, agreed, { plannedRecords, datasetRecords: examined?.check.records })
  return {
    experimentId,
    loaded,
    options,
    plan: createPlan({ experimentId, info: loaded.info, options, firstSeq: state.lastSeq + 1, plannedRecords }),
    ...(examined === undefined ? {} : { check: examined.check }),
    manifest: inForce,
    stored: claimed.reopen({ manifest: inForce, end: state.end }),
    begun: createBegun(stored, rest, examination),
  }
}

/** Where the records for tasks are to be had, if not from the log. */
function recordsFor(loaded: LoadedExperiment, reader: RowReader): Pick<RestOptions, 'records'> {
  const { redacts, dataset } = loaded.info
  if (redacts !== true) return {}
  return { records: dataset.kind === 'iterable' ? 'as they come' : () => readFromDataset(loaded, reader) }
}

function resumedEvent(
  { plannedRecords, state }: ExaminedStored,
  { loaded, options: { values }, keptConfig, allowed }: Agreed,
  { flags, version, crashes }: ResumeTools & { readonly crashes: Crashes },
): Omit<Resumed, 'reopened'> {
  const { jobs, evalJobs, timeout, evalTimeout, maxRetries, maxErrors, raiseErrors } = values
  return {
    type: 'resumed',
    endedAt: state.lastAt,
    tool: version,
    jobs,
    ...(evalJobs === undefined ? {} : { evalJobs }),
    timeout,
    evalTimeout,
    maxRetries,
    maxErrors: showAllowance(maxErrors),
    raiseErrors,
    ...flags,
    module: loaded.moduleHash,
    ...(allowed === undefined ? {} : { config: keptConfig }),
    ...(plannedRecords === undefined ? {} : { plannedRecords }),
    inFlight: crashes.inFlight,
    alone: crashes.alone,
  }
}

interface Found {
  readonly examination: ExaminedStored
  readonly crashes: Crashes
}

function describeProblems(
  { manifest, state }: StoredState,
  { loaded, allowed }: Agreed,
  { examination, crashes }: Found,
): Problem[] {
  return problemsOf({
    name: manifest.definition.name,
    isTorn: state.isTorn,
    damagedLines: state.damagedLines,
    isModuleChanged: loaded.moduleHash !== manifest.hashes.module,
    changes: [
      ...(allowed === undefined ? [] : [`the config has changed: ${allowed}`]),
      ...(examination.allowed === undefined ? [] : [`the dataset has changed: ${examination.allowed}`]),
    ],
    poison: crashes.poison,
  })
}

function createBegun({ claimed, tally }: StoredState, rest: LoggedRest, { state }: ExaminedStored): BegunExperiment {
  const { retries, void: voided, partial } = state.units
  const hasWaiting = retries.size + voided.size > 0
  const { reopened, allowChanged } = rest.resumed
  const hasAgain = [...partial.values()].some(({ replaces }) => replaces !== undefined)
  return {
    isPushedLate: retries.size + reopened.length + state.damagedLines > 0 || hasAgain || allowChanged,
    tally: (gauges) => tally.connect(gauges),
    run: (plan, ports, stop) => resume(plan, rest, { ...ports, stop }),
    async settle(end) {
      const isUncertain = rest.hasChangedMeanwhile || (end !== undefined && hasWaiting)
      if (!isUncertain || end?.kind === 'store-failed') return
      tally.clear()
      for await (const events of readCurrentEvents(claimed.files.events)) for (const event of events) tally.apply(event)
    },
  }
}
