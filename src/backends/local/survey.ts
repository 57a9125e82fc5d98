import { existsSync } from 'node:fs'
import { lineType } from './read-event.ts'
import { readLines } from './read-events.ts'

/** What can be told of a log without parsing it. */
export interface LogSurvey {
  /** Whole lines. */
  readonly lines: number
  /** Lines that say to be records. */
  readonly records: number
  /** Where the last whole line ends, in bytes. */
  readonly end: number
  /** Whether something stands behind it. */
  readonly isTorn: boolean
}

/** @throws LlmobsExpError `E_STORE_READ` */
export async function surveyLog(path: string): Promise<LogSurvey> {
  let lines = 0
  let records = 0
  let end = 0
  let isTorn = false
  // Of an experiment that was never begun there may be none.
  if (!existsSync(path)) return { lines, records, end, isTorn }
  for await (const batch of readLines(path)) {
    for (const { bytes, isTerminated } of batch) {
      if (!isTerminated) {
        isTorn = true
        continue
      }
      lines++
      end += bytes.length + 1
      if (lineType(bytes) === 'record') records++
    }
  }
  return { lines, records, end, isTorn }
}
