import { hash } from 'node:crypto'
import type { Manifest } from '../../backends/local/manifest.ts'
import { showAllowance } from '../../config/option-values.ts'
import type { ExperimentOptions } from '../../config/resolve.ts'
import type { Json } from '../../model/json.ts'
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
  const { jobs, evalJobs, timeout, evalTimeout, maxRetries, maxErrors, raiseErrors } = options.values
  const { maxIdenticalErrors, maxTime } = options.values
  const { plannedRecords, datasetRecords } = counts
  const { redacts } = loaded.info
  return {
    ...manifest,
    definition: { ...manifest.definition, config: keptConfig, ...(redacts === undefined ? {} : { redacts }) },
    options: {
      ...manifest.options,
      jobs,
      ...(evalJobs === undefined ? {} : { evalJobs }),
      timeout,
      evalTimeout,
      maxRetries,
      maxErrors: showAllowance(maxErrors),
      raiseErrors,
      maxIdenticalErrors,
      ...(maxTime === undefined ? {} : { maxTime }),
      stopWhenCertain: options.values.stopWhenCertain,
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
