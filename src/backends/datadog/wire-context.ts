import type { ItemTime, RunRef } from '../../model/backend.ts'
import type { ErrorInfo } from '../../model/errors.ts'
import { type SpanIds, spanIds } from '../../model/identity.ts'
import type { Json } from '../../model/json.ts'
import type { Row } from '../../model/row.ts'
import { toText } from './json-text.ts'
import { type AutomaticTags, createTagWriter, type TagWriter } from './tags.ts'

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
  readonly run: WireRun
  readonly time: ItemTime
  /** How much is taken away; see `pickForm`. */
  readonly cut: number
}

/** What all items of a run have in common, as text: there may be a million of them. */
export interface WireRun {
  /** Members of every span that tell what it belongs to. */
  readonly spanMembers: string
  readonly spanTags: TagWriter
  /** As JSON. */
  readonly experimentId: Json
  readonly metricTags: TagWriter
  idsOf(row: Row): SpanIds
}

export function createWireRun(names: WireNames, run: RunRef): WireRun {
  const { projectId, projectName, datasetId, datasetName, experimentName } = names
  const common = runTags(names, run)
  const ofSpans = {
    ...common,
    project_id: projectId,
    project_name: projectName,
    dataset_id: datasetId,
    dataset_name: datasetName,
    experiment_name: experimentName,
  }
  return {
    spanMembers: `"project_id":${toText(projectId)},"dataset_id":${toText(datasetId)},"name":${toText(experimentName)}`,
    spanTags: createTagWriter(names.tags, ofSpans),
    experimentId: toText(names.experimentId),
    metricTags: createTagWriter([], common),
    idsOf: rememberLast(names.localId),
  }
}

/** What says which run of which experiment something belongs to. */
export function runTags(
  { experimentId }: Pick<WireNames, 'experimentId'>,
  { runId, iteration }: RunRef,
): AutomaticTags {
  return { experiment_id: experimentId, run_id: runId, run_iteration: String(iteration) }
}

/** A row's evaluations come right after it, and need the same ids. */
function rememberLast(localId: string): (row: Row) => SpanIds {
  let last: { readonly row: Pick<Row, 'key' | 'iteration' | 'generation'>; readonly ids: SpanIds } | undefined
  return ({ key, iteration, generation }) => {
    const isLast = last?.row.key === key && last.row.iteration === iteration && last.row.generation === generation
    if (last === undefined || !isLast) {
      last = { row: { key, iteration, generation }, ids: spanIds(localId, key, iteration, generation) }
    }
    return last.ids
  }
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
