import { EventLog } from './event-log.ts'
import type { Json, JsonObject } from './json.ts'

/** Everything the backend knows. What stands in a map is replaced when it changes, never altered. */
export interface FakeState {
  readonly projects: Map<string, Project>
  readonly datasets: Map<string, Dataset>
  readonly experiments: Map<string, Experiment>
  /** Spans and metrics of the events endpoint. */
  readonly events: EventLog
  /** Spans of the span intake. */
  readonly intake: EventLog
}

/** Times are nanoseconds since 1970. */
interface Dated {
  readonly id: string
  readonly createdAt: bigint
  readonly updatedAt: bigint
  readonly deletedAt: bigint | undefined
}

export interface Project extends Dated {
  readonly name: string
  readonly description: string
}

export interface Dataset extends Dated {
  readonly projectId: string
  readonly name: string
  readonly description: string
  readonly metadata: Json
  /** Oldest first; of each version the last one holds. */
  readonly snapshots: readonly Snapshot[]
}

export interface Snapshot {
  readonly version: number
  readonly at: bigint
  readonly records: ReadonlyMap<string, StoredRecord>
}

export interface StoredRecord extends Dated {
  readonly canonicalId: string
  readonly datasetId: string
  readonly ttl: bigint
  readonly content: RecordContent
}

/** Null is what the record does not have. */
export interface RecordContent {
  readonly input: Json
  readonly expectedOutput: Json
  readonly metadata: Json
  readonly tags: readonly string[]
}

export interface Experiment extends Dated {
  /** The name of the run of it: what was asked for and when. */
  readonly name: string
  /** The name that was asked for. */
  readonly experiment: string
  readonly projectId: string
  readonly datasetId: string | undefined
  readonly datasetVersion: number | undefined
  readonly description: string
  readonly runCount: number
  readonly parentExperimentId: string | undefined
  readonly config: JsonObject | undefined
  readonly metadata: JsonObject | undefined
  readonly status: string | undefined
  readonly error: string | undefined
}

export function createState(): FakeState {
  return {
    projects: new Map(),
    datasets: new Map(),
    experiments: new Map(),
    events: new EventLog(),
    intake: new EventLog(),
  }
}

/** The newest state of a dataset. */
export function newestOf(dataset: Dataset): Snapshot {
  return dataset.snapshots.at(-1) ?? { version: 0, at: dataset.createdAt, records: new Map() }
}
