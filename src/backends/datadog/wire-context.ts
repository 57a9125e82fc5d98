import type { ItemTime, RunRef } from '../../model/backend.ts'
import type { ErrorInfo } from '../../model/errors.ts'
import type { AutomaticTags } from './tags.ts'

/** What an experiment and what it is made of are called at Datadog and here. */
export interface WireNames {
  /** Datadog's. */
  readonly experimentId: string
  /** This tool's, which span ids are derived from. */
  readonly localId: string
  readonly experimentName: string
  readonly projectId: string
  readonly projectName: string
  readonly datasetId: string
  readonly datasetName: string
  /** The user's tags of the experiment. */
  readonly tags: readonly string[]
}

/** What one item is encoded with. */
export interface WireContext {
  readonly names: WireNames
  readonly run: RunRef
  readonly time: ItemTime
  /** How much is taken away; see `pickForm`. */
  readonly cut: number
}

/** What says which run of which experiment something belongs to. */
export function runTags({ names, run }: Pick<WireContext, 'names' | 'run'>): AutomaticTags {
  return { experiment_id: names.experimentId, run_id: run.runId, run_iteration: String(run.iteration) }
}

/** The log's epoch milliseconds at their place in the item's new time, where it has one. */
export function toSentTime(milliseconds: number, { at, original }: ItemTime): number {
  return original === undefined ? milliseconds : milliseconds + (at - original)
}

export function toIsoTime(milliseconds: number): string {
  return new Date(Math.floor(milliseconds)).toISOString()
}

/** The thrown value's class; where the tool itself threw, the error's code says more. */
export function errorType({ name, code }: ErrorInfo): string {
  return name === 'LlmobsExpError' || name === 'NonError' ? code : name
}
