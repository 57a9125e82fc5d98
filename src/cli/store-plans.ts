import { hash } from 'node:crypto'
import { dirname, relative } from 'node:path'
import { MANIFEST_FORMAT, type Manifest, type ManifestOptions } from '../backends/local/manifest.ts'
import type { LocalStore, StoredExperiment } from '../backends/local/store.ts'
import { type Mask, maskConfig } from '../config/secrets.ts'
import { IN_CODE } from '../model/in-code.ts'
import type { DefinitionInfo, ExperimentInfo } from '../model/ports.ts'
import { keptOptions } from '../session/kept-options.ts'
import type { PlannedExperiment } from '../session/plan-experiment.ts'
import type { StoredPlan } from '../session/run-group.ts'
import { describeCheckout } from './checkout.ts'
import type { CommandContext } from './command-context.ts'
import { ownLock } from './lock-owner.ts'

type StoreContext = Pick<CommandContext, 'clock' | 'currentFolder' | 'env' | 'secrets' | 'version'>

/** Gives every experiment of a command its place in the store, before the first task of any. */
export function storePlans(
  planned: readonly PlannedExperiment[],
  store: LocalStore,
  context: StoreContext,
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
    ...(options.quarantine === undefined ? {} : { quarantine: options.quarantine }),
    ...(manifest.pulled === undefined ? {} : { pulled: manifest.pulled }),
  }
}

function createManifest(planned: PlannedExperiment, groupId: string, context: StoreContext): Manifest {
  const { experimentId, loaded, options } = planned
  const { code: _code, ...info } = loaded.info
  const origin = planned.check?.origin
  const git = describeCheckout(dirname(loaded.file), context.env)
  return {
    v: MANIFEST_FORMAT,
    tool: context.version,
    experimentId,
    groupId,
    createdAt: new Date(context.clock.now()).toISOString(),
    file: loaded.file === IN_CODE ? IN_CODE : relative(context.currentFolder, loaded.file),
    currentFolder: context.currentFolder,
    definition: maskDefinition(
      {
        ...info,
        config: options.config,
        tags: options.tags,
        ...(origin === undefined ? {} : { dataset: { ...info.dataset, origin } }),
      },
      context.secrets.mask,
    ),
    options: manifestOptions(planned, context.secrets.mask),
    hashes: { module: loaded.moduleHash, config: hash('sha256', options.config, 'hex') },
    ...(git === undefined ? {} : { git }),
    state: { status: 'planned' },
  }
}

function manifestOptions({ options, plan, check }: PlannedExperiment, mask: Mask): ManifestOptions {
  const { values, sources } = options
  const { plannedRecords, quarantine } = plan
  const assignments = sources.get('config') === 'config-file' ? [] : values.config
  const { runs, skipInvalid, filter, record } = values
  return {
    ...keptOptions(values),
    runs,
    skipInvalid,
    ...(assignments.length === 0 ? {} : { config: assignments.map((pair) => maskAssignment(pair, mask)) }),
    filters: filter.map(({ key, value }) => `${key}=${value}`),
    records: record,
    ...(values.sampleSize === undefined ? {} : { sampleSize: values.sampleSize }),
    ...(values.sampleSeed === undefined ? {} : { sampleSeed: values.sampleSeed }),
    ...(plannedRecords === undefined ? {} : { plannedRecords }),
    ...(check === undefined ? {} : { datasetRecords: check.records }),
    ...(quarantine === undefined
      ? {}
      : { quarantine: quarantine.map((one) => ({ ...one, reason: mask(one.reason) })) }),
    ...(values.project === undefined ? {} : { project: values.project }),
  }
}

/** A secret is not kept: whoever resumes gives it again. */
function maskAssignment({ key, value }: { key: string; value: string }, mask: Mask): string {
  const masked: { readonly [key: string]: string } = JSON.parse(maskConfig(JSON.stringify({ [key]: value }), mask))
  return `${key}=${masked[key]}`
}

/** What is kept, and told to backends. The hash of the config is that of the one that runs. */
function maskDefinition(info: DefinitionInfo, mask: Mask): DefinitionInfo {
  return {
    ...info,
    config: maskConfig(info.config, mask),
    tags: Object.fromEntries(Object.entries(info.tags).map(([key, value]) => [key, mask(value)])),
    dataset: { ...info.dataset, description: mask(info.dataset.description) },
    ...(info.description === undefined ? {} : { description: mask(info.description) }),
  }
}
