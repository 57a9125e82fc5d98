import { hash } from 'node:crypto'
import { MANIFEST_FORMAT, type Manifest } from '../manifest.ts'
import type { PulledCounts, PulledLogInput } from './write-pulled.ts'

export interface PulledManifestInput extends PulledLogInput {
  readonly counts: PulledCounts
  /** Epoch milliseconds. */
  readonly now: number
  readonly toolVersion: string
}

/** The manifest of a pulled experiment. What only who ran it knows is 0 or empty. */
export function describePulled(input: PulledManifestInput): Manifest {
  const { experiment, experimentId, runCount, startedAt, counts, now, toolVersion } = input
  const { from, config, git, project, sampleSize } = experiment
  return {
    v: MANIFEST_FORMAT,
    tool: toolVersion,
    experimentId,
    groupId: experimentId,
    createdAt: new Date(startedAt).toISOString(),
    file: '',
    currentFolder: '',
    definition: describeDefinition(input),
    options: {
      ...unknownOptions,
      runs: runCount,
      ...(sampleSize === undefined ? {} : { sampleSize }),
      ...(project === undefined ? {} : { project }),
    },
    hashes: { module: '', config: hash('sha256', config, 'hex') },
    ...(git === undefined ? {} : { git }),
    pulled: { ...from, at: new Date(now).toISOString() },
    state: {
      status: 'finished',
      outcome: experiment.outcome,
      rows: { ...counts.rows, skipped: 0, cancelled: 0, pending: pendingRows(counts, runCount) },
      finishedAt: new Date(now).toISOString(),
    },
  }
}

const unknownOptions = {
  jobs: 0,
  timeout: 0,
  evalTimeout: 0,
  maxRetries: 0,
  maxErrors: '0',
  raiseErrors: false,
  skipInvalid: false,
  filters: [],
  records: [],
} as const

function describeDefinition({ experiment, evaluators, summaryEvaluators }: PulledManifestInput) {
  const { name, variant, project, description, config, tags, dataset, from } = experiment
  const place = dataset === undefined ? 'a dataset' : `dataset ${dataset}`
  return {
    ref: { exportName: '', ...(variant === undefined ? {} : { variant }) },
    name,
    ...(project === undefined ? {} : { project }),
    ...(description === undefined ? {} : { description }),
    config,
    evaluators,
    summaryEvaluators,
    thresholds: {},
    tags,
    dataset: { description: `${place} at ${from.place}`, kind: 'source' },
  } as const
}

/** As a run counts them whose dataset has no known length. */
function pendingRows({ rows, records }: PulledCounts, runs: number): number {
  return Math.max(0, records * runs - rows.ok - rows.error - rows.timeout)
}
