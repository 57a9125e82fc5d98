import type { RecordItem } from '../model/executor.ts'
import type { RecordText, RowReader } from '../model/row.ts'
import type { LoadedExperiment } from './load-modules.ts'

const BATCH = 256

/**
 * The records of a log as the dataset has them, for tasks: what was kept of them is not what they are. In the order of the dataset;
 * those that it does not have any more come last, as they were kept.
 */
export async function* readFromDataset(
  { info, module }: Pick<LoadedExperiment, 'info' | 'module'>,
  reader: Pick<RowReader, 'records'>,
): AsyncGenerator<readonly RecordText[], void> {
  const missing = new Map<string, RecordText>()
  for await (const records of reader.records()) for (const record of records) missing.set(record.key, record)
  for await (const items of module.records(info.ref, BATCH)) yield items.flatMap((item) => take(item, missing))
  yield [...missing.values()]
}

function take(item: RecordItem, missing: Map<string, RecordText>): readonly RecordText[] {
  if (item.status === 'invalid') return []
  const { key, contentHash } = item.record
  if (missing.get(key)?.contentHash !== contentHash) return []
  missing.delete(key)
  return [item.record]
}
