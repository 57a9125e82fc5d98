import { type SpanIds, spanIds } from '../../model/identity.ts'
import { deepFreeze, type Json, parseJson } from '../../model/json.ts'
import type { RunningCall } from './host-calls.ts'
import type { HostExperiment } from './host-session.ts'
import type { UnitText } from './protocol.ts'

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
  readonly unit: number
  readonly key: string
  readonly iteration: number
  readonly generation: number
  readonly tags: readonly string[]
  /** For the notice of a late result. */
  readonly what = 'the task'
  #output: unknown
  #record: FrozenRecord | undefined
  readonly #id: string | undefined
  readonly #input: Json
  readonly #expectedOutput: Json | undefined
  readonly #metadata: Json | undefined

  constructor([unit, iteration, key, id, input, expectedOutput, metadata, tags, generation = 0]: UnitText) {
    this.unit = unit
    this.key = key
    this.iteration = iteration
    this.generation = generation
    this.tags = tags ?? []
    this.#id = id
    this.#input = input
    this.#expectedOutput = expectedOutput
    this.#metadata = metadata
  }

  /** A copy of its own for each attempt of the task, so that what it changes reaches nobody else. */
  copyInput(): unknown {
    return parseJson(this.#input)
  }

  copyMetadata(): unknown {
    return parse(this.#metadata)
  }

  /** What all evaluators of the row share. */
  keepOutput(output: unknown): void {
    deepFreeze(output)
    this.#output = output
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
    const record: { -readonly [K in keyof FrozenRecord]: FrozenRecord[K] } = { input: parseJson(this.#input) }
    if (this.#id !== undefined) record.id = this.#id
    if (this.#expectedOutput !== undefined) record.expectedOutput = parseJson(this.#expectedOutput)
    if (this.#metadata !== undefined) record.metadata = parseJson(this.#metadata)
    if (this.tags.length > 0) record.tags = this.tags
    deepFreeze(record)
    return record
  }
}

interface TaskContextOptions {
  readonly attempt: number
  readonly running: RunningCall
  readonly config: unknown
}

/** What the task is told; see `TaskContext` of the public types. */
export class TaskContext {
  readonly config: unknown
  readonly metadata: unknown
  readonly recordId: string
  readonly tags: readonly string[]
  readonly runIteration: number
  readonly attempt: number
  readonly #running: RunningCall

  constructor(unit: HostUnit, { attempt, running, config }: TaskContextOptions) {
    this.config = config
    this.metadata = unit.copyMetadata()
    this.recordId = unit.key
    this.tags = unit.tags
    this.runIteration = unit.iteration
    this.attempt = attempt
    this.#running = running
  }

  get signal(): AbortSignal {
    return this.#running.signal
  }
}

/** What an evaluator is given; see `EvaluatorContext` of the public types. */
export class EvaluatorContext {
  readonly input: unknown
  readonly output: unknown
  readonly expectedOutput: unknown
  readonly metadata: unknown
  readonly config: unknown
  readonly record: FrozenRecord
  readonly #unit: HostUnit
  readonly #running: RunningCall
  readonly #experimentId: string

  constructor(unit: HostUnit, running: RunningCall, { experimentId, config }: HostExperiment) {
    const { record } = unit
    this.input = record.input
    this.output = unit.output
    this.expectedOutput = record.expectedOutput
    this.metadata = record.metadata
    this.config = config
    this.record = record
    this.#unit = unit
    this.#running = running
    this.#experimentId = experimentId
  }

  get signal(): AbortSignal {
    return this.#running.signal
  }

  get spanId(): string {
    return this.#ids().spanId
  }

  get traceId(): string {
    return this.#ids().traceId
  }

  #ids(): SpanIds {
    const { key, iteration, generation } = this.#unit
    return spanIds(this.#experimentId, key, iteration, generation)
  }
}

function parse(json: Json | undefined): unknown {
  return json === undefined ? undefined : parseJson(json)
}
