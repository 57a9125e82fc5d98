import type { PushedDataset, PushedExperiment } from '../../model/backend.ts'
import { namesOf } from './find-experiment.ts'
import type { Manifest } from './manifest.ts'
import { createRowReader } from './row-reader.ts'

/** Where the records of an experiment's dataset come from. */
export type PushedRecords = Pick<PushedDataset, 'isWhole' | 'records'>

/** An experiment as a backend is told of it: from its manifest alone, so that whoever pushes it says the same. */
export function describePushed(manifest: Manifest, records: PushedRecords): PushedExperiment {
  const { experimentId, definition, options, tool, git } = manifest
  const { name, description, config, tags } = definition
  const { project = definition.project } = options
  const { origin } = definition.dataset
  return {
    experimentId,
    name,
    ...(project === undefined ? {} : { project }),
    ...(description === undefined ? {} : { description }),
    config,
    tags,
    runs: options.runs,
    ...(options.sampleSize === undefined ? {} : { sampleSize: options.sampleSize }),
    toolVersion: tool,
    ...(git === undefined ? {} : { git }),
    dataset: {
      name: datasetName(manifest),
      description: definition.dataset.description,
      ...(origin === undefined ? {} : { origin }),
      // Known for certain once they have been read.
      get isWhole() {
        return records.isWhole
      },
      records: records.records,
    },
  }
}

/** Variants of one definition share a dataset; two definitions do not, even where their files have one name. */
function datasetName(manifest: Manifest): string {
  return namesOf(manifest).at(-1) ?? manifest.definition.name
}

/** The records that stand in the log. They are the whole dataset where none was left out and nothing ended it early. */
export function loggedRecords({ definition, options, state }: Manifest, eventsFile: string): PushedRecords {
  const { filters, records, sampleSize, skipInvalid } = options
  const isSelected = filters.length + records.length > 0 || sampleSize !== undefined || skipInvalid
  const isComplete = state.status === 'finished' && state.outcome.status !== 'stopped'
  return {
    isWhole: definition.dataset.kind !== 'iterable' && isComplete && !isSelected,
    records: () => createRowReader(eventsFile).records(),
  }
}
