import { hash } from 'node:crypto'
import { dirname, relative } from 'node:path'
import { MANIFEST_FORMAT, type Manifest, type ManifestOptions } from '../backends/local/manifest.ts'
import type { LocalStore, StoredExperiment } from '../backends/local/store.ts'
import type { ExperimentInfo } from '../model/ports.ts'
import type { PlannedExperiment } from '../session/plan-experiment.ts'
import type { StoredPlan } from '../session/run-group.ts'
import { describeCheckout } from './checkout.ts'
import type { CommandContext } from './command-context.ts'
import { ownLock } from './lock-owner.ts'

/** Gives every experiment of a command its place in the store, before the first task of any. */
export function storePlans(
  planned: readonly PlannedExperiment[],
  store: LocalStore,
  context: CommandContext,
): StoredPlan[] {
  const groupId = planned[0]?.experimentId ?? ''
  return planned.map((experiment) => {
    const manifest = createManifest(experiment, groupId, context)
    const stored = store.create(manifest, ownLock())
    return { ...experiment, info: describeExperiment(manifest, stored), manifest, stored }
  })
}

/** What reporters are told of a stored experiment. */
export function describeExperiment(manifest: Manifest, { files }: Pick<StoredExperiment, 'files'>): ExperimentInfo {
  const { definition, options } = manifest
  return {
    experimentId: manifest.experimentId,
    groupId: manifest.groupId,
    name: definition.name,
    file: manifest.file,
    dataset: definition.dataset,
    runs: options.runs,
    jobs: options.jobs,
    config: definition.config,
    tags: definition.tags,
    thresholds: definition.thresholds,
    evaluators: definition.evaluators,
    summaryEvaluators: definition.summaryEvaluators,
    folder: files.folder,
    eventsFile: files.events,
  }
}

function createManifest(planned: PlannedExperiment, groupId: string, context: CommandContext): Manifest {
  const { experimentId, loaded, options } = planned
  const { code: _code, ...info } = loaded.info
  const git = describeCheckout(dirname(loaded.file), context.env)
  return {
    v: MANIFEST_FORMAT,
    tool: context.version,
    experimentId,
    groupId,
    createdAt: new Date(context.clock.now()).toISOString(),
    file: relative(context.currentFolder, loaded.file),
    currentFolder: context.currentFolder,
    definition: { ...info, config: options.config, tags: options.tags },
    options: manifestOptions(planned),
    hashes: { module: loaded.moduleHash, config: hash('sha256', options.config, 'hex') },
    ...(git === undefined ? {} : { git }),
    state: { status: 'planned' },
  }
}

function manifestOptions({ options, plan: { plannedRecords }, check }: PlannedExperiment): ManifestOptions {
  const { values, sources } = options
  const assignments = sources.get('config') === 'config-file' ? [] : values.config
  const { runs, jobs, timeout, evalTimeout, maxRetries, raiseErrors, skipInvalid, filter, record, maxErrors } = values
  return {
    runs,
    jobs,
    timeout,
    evalTimeout,
    maxRetries,
    raiseErrors,
    skipInvalid,
    maxErrors: maxErrors.kind === 'count' ? String(maxErrors.count) : `${maxErrors.percent}%`,
    ...(assignments.length === 0 ? {} : { config: assignments.map(({ key, value }) => `${key}=${value}`) }),
    filters: filter.map(({ key, value }) => `${key}=${value}`),
    records: record,
    ...(values.evalJobs === undefined ? {} : { evalJobs: values.evalJobs }),
    ...(values.sampleSize === undefined ? {} : { sampleSize: values.sampleSize }),
    ...(values.sampleSeed === undefined ? {} : { sampleSeed: values.sampleSeed }),
    ...(plannedRecords === undefined ? {} : { plannedRecords }),
    ...(check === undefined ? {} : { datasetRecords: check.records }),
    ...(values.project === undefined ? {} : { project: values.project }),
  }
}
