import type { RunEvent } from '../../model/events.ts'
import type { Outcome } from '../../model/outcome.ts'
import type { LoggedProgress, LoggedRun } from '../../model/push.ts'
import { type EventCounter, LineCounter } from './event-counter.ts'
import { createLineTail } from './line-tail.ts'
import { decodeLine, lineSeq, lineType } from './read-event.ts'
import { findRedone } from './redone.ts'
import { RedoneCounter } from './redone-counter.ts'

/** Finds out how far a log has come, reading each line once. */
export interface PushScan {
  progress(): Promise<LoggedProgress>
  /** A position in the log before which nothing of the run stands. */
  startOf(iteration: number): number
  /** A position up to which every row of the run stands that has finished by now. */
  endOf(iteration: number): number
  close(): Promise<void>
}

export function createPushScan(eventsFile: string): PushScan {
  const tail = createLineTail(eventsFile)
  const runs = new Map<number, LoggedRun>()
  const starts = new Map<number, number>()
  const ends = new Map<number, number>()
  let counter: EventCounter | undefined
  let outcome: Outcome | undefined
  let startedAt = 0
  let lastSeq = 0

  const take = (event: RunEvent, position: number): void => {
    if (event.type === 'experiment-started') startedAt = event.at
    else if (event.type === 'run-started') {
      const { iteration, runId } = event
      if (!starts.has(iteration)) starts.set(iteration, position)
      runs.set(iteration, { iteration, runId, ends: runs.get(iteration)?.ends ?? [] })
    } else if (event.type === 'run-finished') {
      const { iteration, seq, at, summaries } = event
      const run = runs.get(iteration)
      if (run !== undefined) runs.set(iteration, { ...run, ends: [...run.ends, { seq, at, summaries }] })
      if (summaries.length > 0) counter?.addOne()
    } else if (event.type === 'experiment-finished') outcome = event.outcome
    else if (event.type === 'resumed') outcome = undefined
  }
  const scan = async (): Promise<LoggedProgress> => {
    // What is run again from here on has no rows yet that would not count.
    counter ??= await createCounter(eventsFile)
    for (let more = await tail.next(); more !== undefined; more = await tail.next()) {
      for (const { bytes } of more.lines) {
        const type = lineType(bytes)
        if (decodedTypes.has(type)) {
          const decoded = decodeLine(bytes)
          if (decoded.status === 'event') take(decoded.event, more.start)
        } else {
          const iteration = counter.take(type, bytes)
          if (iteration !== undefined) ends.set(iteration, tail.position)
        }
      }
      lastSeq = lineSeq(more.lines.at(-1)?.bytes) ?? lastSeq
    }
    const sorted = [...runs.values()].sort((one, other) => one.iteration - other.iteration)
    const { superseded } = counter
    return {
      startedAt,
      lastSeq,
      events: counter.count(),
      runs: sorted,
      ...(superseded.length === 0 ? {} : { superseded }),
      ...(outcome === undefined ? {} : { outcome }),
    }
  }
  let last: Promise<unknown> = Promise.resolve()
  return {
    progress() {
      // One after another: they share the place up to which the log has been read.
      const next = last.then(scan, scan)
      last = next.catch(() => {})
      return next
    },
    startOf: (iteration) => starts.get(iteration) ?? 0,
    endOf: (iteration) => ends.get(iteration) ?? 0,
    close: tail.close,
  }
}

async function createCounter(eventsFile: string): Promise<EventCounter> {
  const redone = await findRedone(eventsFile)
  return redone === undefined || redone.isEmpty ? new LineCounter() : new RedoneCounter(redone)
}

/** The few that are parsed. */
const decodedTypes: ReadonlySet<string> = new Set([
  'experiment-started',
  'run-started',
  'run-finished',
  'experiment-finished',
  'resumed',
])
