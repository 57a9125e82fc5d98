import { spanIds } from '../../model/identity.ts'
import { deepFreeze, type Json } from '../../model/json.ts'
import type { HostExperiment } from './host.ts'
import type { RunningCall } from './host-calls.ts'
import type { ToThread } from './protocol.ts'

/** A record as evaluators see it. */
export interface FrozenRecord {
  readonly id?: string
  readonly input: unknown
  readonly expectedOutput?: unknown
  readonly metadata?: unknown
  readonly tags?: readonly string[]
}

/** One unit in the thread of user code: its record as text, and the values that were parsed from it so far. */
export class HostUnit {
  readonly key: string
  readonly iteration: number
  readonly tags: readonly string[]
  /** For the notice of a late result. */
  readonly what = 'the task'
  hasOutput = false
  #output: unknown
  #record: FrozenRecord | undefined
  readonly #id: string | undefined
  readonly #input: Json
  readonly #expectedOutput: Json | undefined
  readonly #metadata: Json | undefined

  constructor([, , iteration, key, id, input, expectedOutput, metadata, tags]: Extract<ToThread, readonly ['unit', ...unknown[]]>) {
    this.key = key
    this.iteration = iteration
    this.tags = tags ?? []
    this.#id = id
    this.#input = input
    this.#expectedOutput = expectedOutput
    this.#metadata = metadata
  }

  /** A copy of its own for each attempt of the task, so that what it changes reaches nobody else. */
  copyInput(): unknown {
    return JSON.parse(this.#input)
  }

  copyMetadata(): unknown {
    return parse(this.#metadata)
  }

  /** What all evaluators of the row share. */
  keepOutput(output: unknown): void {
    deepFreeze(output)
    this.#output = output
    this.hasOutput = true
  }

  /** Parsed when it is first asked for, and frozen. */
  get record(): FrozenRecord {
    this.#record ??= this.#parseRecord()
    return this.#record
  }

  get output(): unknown {
    return this.#output
  }

  #parseRecord(): FrozenRecord {
    const record: { -readonly [K in keyof FrozenRecord]: FrozenRecord[K] } = { input: JSON.parse(this.#input) }
    if (this.#id !== undefined) record.id = this.#id
    if (this.#expectedOutput !== undefined) record.expectedOutput = JSON.parse(this.#expectedOutput)
    if (this.#metadata !== undefined) record.metadata = JSON.parse(this.#metadata)
    if (this.tags.length > 0) record.tags = this.tags
    deepFreeze(record)
    return record
  }
}

export function taskContext(unit: HostUnit, attempt: number, running: RunningCall, { config }: HostExperiment) {
  return {
    config,
    metadata: unit.copyMetadata(),
    recordId: unit.key,
    tags: unit.tags,
    get signal() {
      return running.signal
    },
    runIteration: unit.iteration,
    attempt,
  }
}

export function evaluatorContext(unit: HostUnit, running: RunningCall, { experimentId, config }: HostExperiment) {
  const { record } = unit
  return {
    input: record.input,
    output: unit.output,
    expectedOutput: record.expectedOutput,
    metadata: record.metadata,
    config,
    record,
    get signal() {
      return running.signal
    },
    get spanId() {
      return spanIds(experimentId, unit.key, unit.iteration, 0).spanId
    },
    get traceId() {
      return spanIds(experimentId, unit.key, unit.iteration, 0).traceId
    },
  }
}

function parse(json: Json | undefined): unknown {
  return json === undefined ? undefined : JSON.parse(json)
}
