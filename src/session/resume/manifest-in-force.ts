import { hash } from 'node:crypto'
import type { Manifest } from '../../backends/local/manifest.ts'
import type { ExperimentOptions } from '../../config/resolve.ts'
import type { Json } from '../../model/json.ts'
import { keptOptions } from '../kept-options.ts'
import type { LoadedExperiment } from '../load-modules.ts'

/** What is decided before the dataset is looked at. */
export interface Agreed {
  readonly loaded: LoadedExperiment
  readonly options: ExperimentOptions
  /** The config without secrets, as it is kept. */
  readonly keptConfig: Json
  /** How the config differs from what it was, where that is allowed. */
  readonly allowed?: string
}

interface Counts {
  readonly plannedRecords: number | undefined
  readonly datasetRecords: number | undefined
}

/** What the experiment is from here on, until it has ended. */
export function manifestInForce(manifest: Manifest, { loaded, options, keptConfig }: Agreed, counts: Counts): Manifest {
  const { plannedRecords, datasetRecords } = counts
  const { redacts } = loaded.info
  // Those that are as good as absent now must not stay as they were.
  const { evalJobs, threads, baseline, failOnRegression, stopWhenCertain, maxTime, ...unkept } = manifest.options
  return {
    ...manifest,
    definition: { ...manifest.definition, config: keptConfig, ...(redacts === undefined ? {} : { redacts }) },
    options: {
      ...unkept,
      ...keptOptions(options.values),
      ...(plannedRecords === undefined ? {} : { plannedRecords }),
      ...(datasetRecords === undefined ? {} : { datasetRecords }),
    },
    hashes: { module: loaded.moduleHash, config: hashOf(options.config) },
    state: { status: 'planned' },
  }
}

function hashOf(config: Json): string {
  return hash('sha256', config, 'hex')
}
