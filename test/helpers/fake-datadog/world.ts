import type { Answer } from './answers.ts'
import type { Evaluator } from './evaluators.ts'
import type { Json, JsonObject } from './json.ts'
import type { FakeRandom } from './random.ts'
import type { FakeState } from './state.ts'
import { type FakeTime, toNanos } from './time.ts'

/** What those who answer requests work with. */
export interface World {
  readonly state: FakeState
  readonly time: FakeTime
  readonly random: FakeRandom
  readonly settings: WorldSettings
}

export interface WorldSettings {
  /** Items on a page unless fewer are asked for, and the most there are. */
  readonly pageSize: number
  /** Milliseconds until what was written can be read. */
  readonly visibilityDelay: number
  /** Whether a span of the events endpoint must have begun within 24 hours, which is documented for the span intake only. */
  readonly checkSpanAge: boolean
  /** Whether `filter[name]` of datasets finds longer names too, which nobody knows of the real one. */
  readonly looseNames: boolean
  readonly evaluators: { readonly [name: string]: Evaluator }
}

/** A request as those who answer it see it. */
export interface Call {
  /** Number of the request. */
  readonly number: number
  /** What stands in the path in place of `:name`. */
  readonly params: { readonly [name: string]: string }
  readonly query: URLSearchParams
  readonly contentType: string
  /** The body, unpacked. */
  readonly text: string
  readonly rejection: Rejection | undefined
}

/** Which events of a batch are refused while the others are accepted, and how that is said. */
export interface Rejection {
  readonly status: number
  rejects(event: JsonObject): boolean
  /** What the answer says; the positions are those in the request. */
  describe(rejected: readonly RejectedEvent[]): Json
}

export interface RejectedEvent {
  readonly kind: 'span' | 'metric'
  readonly position: number
  readonly event: JsonObject
}

export type Handler = (world: World, call: Call) => Answer

/** Whether what was written then can be read by now. */
export function isVisible({ time, settings }: World, at: bigint): boolean {
  return settings.visibilityDelay === 0 || at <= toNanos(time.now() - settings.visibilityDelay)
}
