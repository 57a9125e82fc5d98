import type { Json, JsonObject } from './json.ts'
import { type Dataset, type Experiment, newestOf, type Project, type StoredRecord } from './state.ts'
import { keptFor } from './time.ts'
import type { World } from './world.ts'

/** What is put into the backend past its endpoints; ids are given by it unless told. */
export interface Seeder {
  /** Has what is made next be given these ids, in this order. */
  ids(...ids: readonly string[]): void
  project(project: { readonly name: string; readonly id?: string }): Project
  dataset(dataset: SeededDataset): Dataset
  /** Puts these records into the newest version, in place of those with the same ids. */
  records(datasetId: string, records: readonly SeededRecord[]): Dataset
  experiment(experiment: SeededExperiment): Experiment
}

interface SeededDataset {
  readonly projectId: string
  readonly name: string
  readonly id?: string
  readonly description?: string
  /** @default 0 */
  readonly version?: number
  readonly createdAt?: bigint
  readonly records?: readonly SeededRecord[]
}

interface SeededRecord {
  readonly id: string
  readonly input: Json
  readonly expectedOutput?: Json
  readonly metadata?: Json
  readonly tags?: readonly string[]
  readonly createdAt?: bigint
}

interface SeededExperiment {
  readonly projectId: string
  readonly name: string
  readonly id?: string
  readonly datasetId?: string
  readonly metadata?: JsonObject
  readonly status?: string
}

export function createSeeder(world: World): Seeder {
  const { state, time, random } = world
  const dated = (id: string | undefined, createdAt = time.tick()) => {
    return { id: id ?? random.uuid(), createdAt, updatedAt: createdAt, deletedAt: undefined }
  }
  return {
    ids: (...ids) => random.foretell(...ids),
    project({ name, id }) {
      const project: Project = { ...dated(id), name, description: '' }
      state.projects.set(project.id, project)
      return project
    },
    dataset({ projectId, name, id, description = '', version = 0, createdAt, records = [] }) {
      const dates = dated(id, createdAt)
      const snapshots = [{ version, at: dates.createdAt, records: new Map() }]
      state.datasets.set(dates.id, { ...dates, projectId, name, description, metadata: null, snapshots })
      return this.records(dates.id, records)
    },
    records(datasetId, records) {
      const dataset = state.datasets.get(datasetId)
      if (dataset === undefined) throw new Error(`there is no dataset ${datasetId}`)
      const { version, at, records: before } = newestOf(dataset)
      const added = records.map((record) => seededRecord(record, dated(record.id, record.createdAt)))
      const all = new Map([...before, ...added.map((record) => [record.id, { ...record, datasetId }] as const)])
      const snapshots = [...dataset.snapshots.slice(0, -1), { version, at, records: all }]
      const changed = { ...dataset, snapshots }
      state.datasets.set(datasetId, changed)
      return changed
    },
    experiment({ projectId, name, id, datasetId, metadata, status }) {
      const experiment: Experiment = {
        ...dated(id),
        name,
        experiment: name,
        projectId,
        datasetId,
        datasetVersion: undefined,
        description: '',
        runCount: 1,
        parentExperimentId: undefined,
        config: undefined,
        metadata,
        status,
        error: undefined,
      }
      state.experiments.set(experiment.id, experiment)
      return experiment
    },
  }

  function seededRecord(
    { input, expectedOutput = null, metadata = null, tags = [] }: SeededRecord,
    dates: ReturnType<typeof dated>,
  ): StoredRecord {
    const content = { input, expectedOutput, metadata, tags }
    const ttl = dates.createdAt + keptFor.stored
    return { ...dates, canonicalId: random.uuid(), datasetId: '', ttl, content }
  }
}
