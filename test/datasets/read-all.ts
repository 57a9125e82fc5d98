import { openDataset } from '../../src/datasets/open-dataset.ts'
import { readRecords } from '../../src/datasets/read-records.ts'
import type { DatasetSource, OpenOptions, SourceItem, SourceProblem } from '../../src/model/dataset.ts'
import { LlmobsExpError } from '../../src/model/errors.ts'
import type { RecordItem } from '../../src/model/executor.ts'
import type { RecordText } from '../../src/model/row.ts'

export function openOptions(options: Partial<OpenOptions> = {}): OpenOptions {
  return { baseFolder: '.', signal: new AbortController().signal, ...options }
}

/** Every item of a source, in order. */
export async function readItems(source: DatasetSource, options: Partial<OpenOptions> = {}): Promise<SourceItem[]> {
  const items: SourceItem[] = []
  for await (const batch of source.read(openOptions(options))) items.push(...batch)
  return items
}

/** Every item of a dataset as text with identity, in order. */
export async function readDataset(dataset: unknown, batchSize = 7): Promise<RecordItem[]> {
  const items: RecordItem[] = []
  for await (const batch of readRecords(openDataset(dataset).source, { open: openOptions(), batchSize }))
    items.push(...batch)
  return items
}

export async function readTexts(dataset: unknown): Promise<RecordText[]> {
  return (await readDataset(dataset)).map((item) => {
    if (item.status === 'invalid') throw new Error(`expected a record, got: ${item.problem.message}`)
    return item.record
  })
}

export function problemsOf(items: readonly (SourceItem | RecordItem)[]): SourceProblem[] {
  return items.flatMap((item) => (item.status === 'invalid' ? [item.problem] : []))
}

/** The error a promise rejects with, which must be one of ours. */
export async function failureOf(promise: Promise<unknown>): Promise<LlmobsExpError> {
  try {
    await promise
  } catch (error) {
    if (error instanceof LlmobsExpError) return error
    throw error
  }
  throw new Error('expected a failure, got none')
}
