import type { RunEvent } from '../../model/events.ts'
import type { RowFollower } from '../../model/push.ts'
import { createLineTail } from './line-tail.ts'
import { decodeLine, lineType } from './read-event.ts'
import { newerFormat } from './read-events.ts'
import { findRedone } from './redone.ts'
import { type FinishedRow, RecordCursor, RowAssembly, recordTypes, rowTypes, toRecord, toRow } from './row-assembly.ts'

export interface FollowedRun {
  readonly iteration: number
  /** A position in the log before which nothing of the run stands. */
  readonly from: number
  /** A position up to which all of it stands that is known by now. */
  readonly to: () => number
}

/** Puts the rows of one run together while the log grows: each line is read once. */
export function followRows(eventsFile: string, { iteration, from, to }: FollowedRun): RowFollower {
  const events = tailEvents(eventsFile, { types: rowTypes, from, to })
  const recordEvents = tailEvents(eventsFile, { types: recordTypes })
  const records = new RecordCursor(async () => (await recordEvents.next())?.flatMap(toRecord), { iteration })
  let assembly: RowAssembly | undefined
  let finished: readonly FinishedRow[] = []
  let taken = 0
  return {
    async next() {
      assembly ??= new RowAssembly({ iteration }, await findRedone(eventsFile))
      for (;;) {
        for (let row = finished[taken++]; row !== undefined; row = finished[taken++]) {
          const found = await records.find(row.end.key)
          if (found !== undefined) return toRow(row, found)
        }
        const more = await events.next()
        if (more === undefined) return undefined
        finished = more.flatMap((event) => assembly?.take(event) ?? [])
        taken = 0
      }
    },
    async close() {
      await events.close()
      await recordEvents.close()
    },
  }
}

interface TailOptions {
  /** Lines of other types are passed over without being parsed. */
  readonly types: ReadonlySet<string>
  readonly from?: number
  readonly to?: () => number
}

/** Batches of events, some of them empty. Damaged lines are passed over. */
function tailEvents(path: string, { types, from = 0, to = () => Number.POSITIVE_INFINITY }: TailOptions) {
  const tail = createLineTail(path, from)
  return {
    async next(): Promise<readonly RunEvent[] | undefined> {
      if (tail.position >= to()) {
        await tail.close()
        return undefined
      }
      const more = await tail.next()
      return more?.lines.flatMap(({ bytes }) => (types.has(lineType(bytes)) ? eventOf(bytes, path) : []))
    },
    close: tail.close,
  }
}

function eventOf(line: Buffer, path: string): RunEvent[] {
  const decoded = decodeLine(line)
  if (decoded.status === 'newer-format') throw newerFormat(path, decoded.format)
  return decoded.status === 'event' ? [decoded.event] : []
}
