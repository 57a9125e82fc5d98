import type { ExperimentOptions } from '../config/resolve.ts'
import type { Plan } from '../engine/plan.ts'
import { LlmobsExpError } from '../model/errors.ts'
import type { DatasetCheck } from '../model/executor.ts'
import type { DefinitionInfo } from '../model/ports.ts'
import type { LoadedExperiment } from './load-modules.ts'
import { refuseInvalid } from './refuse-invalid.ts'

/** An experiment with everything decided but its place in the store. */
export interface PlannedExperiment {
  readonly experimentId: string
  readonly loaded: LoadedExperiment
  readonly options: ExperimentOptions
  readonly plan: Plan
  /** What reading the dataset through has found; absent for one that can be read but once. */
  readonly check?: DatasetCheck
}

/**
 * Decides what will run. Reads the dataset through where that can be done twice.
 * @throws LlmobsExpError `E_DATASET_RECORD`, `E_DATASET_DUPLICATE_ID`, `E_DATASET_FILE`, `E_DATASET_EMPTY` or `E_DEFINITION`
 */
export async function planExperiment(
  loaded: LoadedExperiment,
  options: ExperimentOptions,
  experimentId: string,
): Promise<PlannedExperiment> {
  const { info } = loaded
  const { values } = options
  refuseLaterRuns(info, values.runs)
  const executor = loaded.module.open({
    ref: info.ref,
    experimentId,
    config: options.config,
    evaluators: info.evaluators,
  })
  const check = info.dataset.kind === 'iterable' ? undefined : await executor.check()
  if (check !== undefined) {
    refuseInvalid(check, { name: info.name, skipInvalid: values.skipInvalid, hasSkip: true })
  }
  const plannedRecords = check === undefined ? undefined : countPlanned(check, options)
  const plan = createPlan({ experimentId, info, options, firstSeq: 1, plannedRecords })
  return { experimentId, loaded, options, plan, ...(check === undefined ? {} : { check }) }
}

/** Later runs read the records of the log, but not where something else is kept in it. */
function refuseLaterRuns({ name, dataset, redacts }: DefinitionInfo, runs: number): void {
  if (redacts !== true || dataset.kind !== 'iterable' || runs === 1) return
  throw new LlmobsExpError(
    'E_DEFINITION',
    `${name}: expected a dataset that can be read again, as redact changes what is kept of it, got ${dataset.description} with ${runs} runs`,
    { hint: 'make it an array or a file' },
  )
}

export interface PlanParts {
  readonly experimentId: string
  readonly info: DefinitionInfo
  readonly options: ExperimentOptions
  /** Number of its first event. */
  readonly firstSeq: number
  readonly plannedRecords: number | undefined
}

export function createPlan({ experimentId, info, options, firstSeq, plannedRecords }: PlanParts): Plan {
  const { values, quarantine = [] } = options
  return {
    experimentId,
    name: info.name,
    evaluators: info.evaluators,
    summaryEvaluators: info.summaryEvaluators,
    runs: values.runs,
    jobs: values.jobs,
    timeout: values.timeout,
    evalTimeout: values.evalTimeout,
    maxRetries: values.maxRetries,
    raiseErrors: values.raiseErrors,
    maxIdenticalErrors: values.maxIdenticalErrors,
    skipInvalid: values.skipInvalid,
    selection: {
      filters: values.filter,
      records: values.record,
      ...(values.sampleSize === undefined ? {} : { sampleSize: values.sampleSize }),
      ...(values.sampleSeed === undefined ? {} : { sampleSeed: values.sampleSeed }),
    },
    ...(values.evalJobs === undefined ? {} : { evalJobs: values.evalJobs }),
    ...(quarantine.length === 0 ? {} : { quarantine }),
    ...(plannedRecords === undefined ? {} : { plannedRecords }),
    firstSeq,
  }
}

/** Unknown when records are picked by what stands in them. */
function countPlanned(check: DatasetCheck, { values }: ExperimentOptions): number | undefined {
  if (values.filter.length > 0 || values.record.length > 0) return undefined
  return Math.min(check.records, values.sampleSize ?? check.records)
}
