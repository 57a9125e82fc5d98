import type { Selection } from '../engine/plan.ts'
import type { Problem } from '../model/events.ts'
import type { Executor } from '../model/executor.ts'
import { quoteText } from '../model/quote.ts'
import { createFilterSightings, createRecordSightings, type RecordSightings } from './sightings.ts'

/** An executor whose records are looked at on their way, so that a misspelt selection can be told. */
export interface SelectionWatch {
  readonly executor: Executor
  /** What may have been meant, given that no record was selected. */
  hint(): string | undefined
}

/** Tells of records that were asked for and are not there, as soon as the dataset is read, unless none of them is. */
export function watchSelection(executor: Executor, { records, filters }: Selection): SelectionWatch {
  if (records.length === 0 && filters.length === 0) return { executor, hint: () => undefined }
  const wanted = createRecordSightings(records)
  const sightings = [...(records.length === 0 ? [] : [wanted]), ...filters.map(createFilterSightings)]
  let count = 0
  let notice = (_problem: Problem): void => {}
  return {
    executor: {
      ...executor,
      async *records(options) {
        for await (const items of executor.records(options)) {
          for (const item of items) {
            if (item.status !== 'record') continue
            count++
            for (const one of sightings) one.note(item.record)
          }
          yield items
        }
        if (wanted.missing().length < new Set(records).size)
          for (const id of wanted.missing()) notice(missing(id, wanted))
      },
      onNotice(listener) {
        notice = listener
        executor.onNotice(listener)
      },
    },
    hint() {
      const hints = sightings.flatMap((one) => one.hint() ?? [])
      if (hints.length > 0) return hints.join('; ')
      return count > 0 && sightings.length > 1 ? 'each of these matches records, but no record matches all' : undefined
    },
  }
}

function missing(id: string, wanted: RecordSightings): Problem {
  const meant = wanted.meant(id)
  const message = `--record ${quoteText(id)}: no record has this id or key${meant === undefined ? '' : `; ${meant}`}`
  return { type: 'problem', severity: 'warning', code: 'W_UNKNOWN_RECORD', message }
}
