import type { ExperimentFiles } from '../backends/local/layout.ts'
import type { PushedRecords } from '../backends/local/push-experiment.ts'
import { createRowReader } from '../backends/local/row-reader.ts'
import { LlmobsExpError } from '../model/errors.ts'
import type { RecordItem } from '../model/executor.ts'
import { keptRecord, type RecordText } from '../model/row.ts'
import type { StoredPlan } from '../session/run-group.ts'

const BATCH = 100

interface ReadPlan extends Required<Pick<StoredPlan, 'loaded' | 'check'>> {
  readonly files: Pick<ExperimentFiles, 'events'>
}

/**
 * The dataset of an experiment that is run, read once more beside it: what was selected is not all, and what the run reads it reads
 * at its own pace. Where user code has ended the thread that reads it, those of its records that stand in the log.
 */
export function wholeDataset({ loaded, check, files }: ReadPlan): PushedRecords {
  const { module, info } = loaded
  let isCutShort = false
  return {
    get isWhole() {
      // What cannot be read may be there as it was before.
      return !isCutShort && check.invalidCount === 0
    },
    async *records() {
      const given = new Set<string>()
      try {
        for await (const items of module.records(info.ref, BATCH)) {
          const records = items.flatMap(toRecord)
          for (const { key } of records) given.add(key)
          yield records
        }
      } catch (error) {
        if (!(error instanceof LlmobsExpError) || error.code !== 'E_USER_CODE_ENDED') throw error
        isCutShort = true
        for await (const records of createRowReader(files.events).records()) {
          yield records.filter(({ key }) => !given.has(key))
        }
      }
    },
  }
}

function toRecord(item: RecordItem): RecordText[] {
  return item.status === 'record' ? [keptRecord(item.record)] : []
}
