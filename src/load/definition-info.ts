import { openSource } from '../model/dataset.ts'
import type { Threshold } from '../model/definition.ts'
import { toJson } from '../model/json.ts'
import type { DatasetInfo, DefinitionInfo, ExperimentRef } from '../model/ports.ts'
import { datasetFiles } from './dataset-files.ts'
import { copyRecord, emptyRecord, isObject } from './plain-object.ts'
import type { CheckedDefinition } from './validate-definition.ts'

export interface InfoPlace {
  readonly ref: ExperimentRef
  /** Folder that relative dataset paths start from. */
  readonly baseFolder: string
}

/** A valid definition as plain data. */
export function definitionInfo(definition: CheckedDefinition, { ref, baseFolder }: InfoPlace): DefinitionInfo {
  return {
    ref,
    name: ref.variant === undefined ? definition.name : `${definition.name}/${ref.variant}`,
    ...options(definition),
    config: toJson(definition.config ?? {}).json,
    evaluators: Object.keys(definition.evaluators ?? {}),
    summaryEvaluators: Object.keys(definition.summaryEvaluators ?? {}),
    thresholds: thresholds(definition.thresholds ?? {}),
    tags: copyRecord(definition.tags ?? {}),
    dataset: datasetInfo(definition.dataset, baseFolder),
  }
}

function options(definition: CheckedDefinition) {
  const { project, description, runs, jobs, threads, timeout, evalTimeout, maxRetries } = definition
  return {
    ...(project === undefined ? {} : { project }),
    ...(description === undefined ? {} : { description }),
    ...(runs === undefined ? {} : { runs }),
    ...(jobs === undefined ? {} : { jobs }),
    ...(threads === undefined ? {} : { threads }),
    ...(timeout === undefined ? {} : { timeout }),
    ...(evalTimeout === undefined ? {} : { evalTimeout }),
    ...(maxRetries === undefined ? {} : { maxRetries }),
  }
}

function thresholds(given: { readonly [name: string]: Threshold | undefined }): DefinitionInfo['thresholds'] {
  const ranges = emptyRecord<{ readonly min?: number; readonly max?: number }>()
  for (const [name, threshold] of Object.entries(given)) {
    if (threshold !== undefined) ranges[name] = typeof threshold === 'number' ? { min: threshold } : range(threshold)
  }
  return ranges
}

function range({ min, max }: Exclude<Threshold, number>): { readonly min?: number; readonly max?: number } {
  return { ...(min === undefined ? {} : { min }), ...(max === undefined ? {} : { max }) }
}

function datasetInfo(dataset: unknown, baseFolder: string): DatasetInfo {
  if (Array.isArray(dataset)) {
    const records = dataset.length === 1 ? 'record' : 'records'
    return { kind: 'array', description: `${dataset.length} inline ${records}`, length: dataset.length }
  }
  if (!isObject(dataset)) return { kind: 'iterable', description: 'an iterable' }
  const source: unknown = Reflect.get(dataset, openSource)
  const files = datasetFiles(source, baseFolder)
  if (source !== undefined)
    return {
      kind: sourceKind(source),
      description: sourceDescription(source),
      ...(files.length === 0 ? {} : { files }),
    }
  const isAsync = typeof Reflect.get(dataset, Symbol.asyncIterator) === 'function'
  return { kind: 'iterable', description: isAsync ? 'an async iterable' : 'an iterable' }
}

/** What can be read but once is read like an iterable. */
function sourceKind(source: unknown): DatasetInfo['kind'] {
  return isObject(source) && Reflect.get(source, 'checkedFirst') === false ? 'iterable' : 'source'
}

function sourceDescription(source: unknown): string {
  const description: unknown = isObject(source) ? Reflect.get(source, 'description') : undefined
  return typeof description === 'string' ? description : 'a source'
}
