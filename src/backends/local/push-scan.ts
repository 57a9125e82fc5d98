import type { RunEvent } from '../../model/events.ts'
import type { Outcome } from '../../model/outcome.ts'
import type { LoggedProgress, LoggedRun } from '../../model/push.ts'
import { createLineTail } from './line-tail.ts'
import { decodeLine, lineSeq, lineType } from './read-event.ts'

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
  const counter = createEventCounter()
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
      if (summaries.length > 0) counter.addOne()
    } else if (event.type === 'experiment-finished') outcome = event.outcome
    else if (event.type === 'resumed') outcome = undefined
  }
  const scan = async (): Promise<LoggedProgress> => {
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
    const events = counter.count()
    return { startedAt, lastSeq, events, runs: sorted, ...(outcome === undefined ? {} : { outcome }) }
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

/** The few that are parsed. */
const decodedTypes: ReadonlySet<string> = new Set([
  'experiment-started',
  'run-started',
  'run-finished',
  'experiment-finished',
  'resumed',
])

const KEY = Buffer.from(',"key":')
const EVALUATOR = Buffer.from(',"evaluator":')
const STATUS = Buffer.from(',"status":')

/**
 * Counts what a backend is to have without parsing it, which would cost as much as pushing does: rows that were not cancelled or
 * skipped, and those of their evaluations that came to something.
 */
function createEventCounter() {
  /** How many evaluations there are of units that have not ended, by the bytes that name the unit. */
  const open = new Map<string, number>()
  let events = 0
  return {
    /** The run whose row has ended here. */
    take(type: string, line: Buffer): number | undefined {
      if (type === 'evaluation-finished') {
        if (/^"(?:skipped"|ok","evaluations":\[\])/.test(statusOf(line))) return undefined
        const unit = unitOf(line, EVALUATOR)
        open.set(unit, (open.get(unit) ?? 0) + 1)
      }
      if (type !== 'row-finished') return undefined
      const unit = unitOf(line, STATUS)
      if (!/^"(?:skipped|cancelled)"/.test(statusOf(line))) events += 1 + (open.get(unit) ?? 0)
      open.delete(unit)
      return Number(/"iteration":(\d+)(?:,"(?:generation|replaces)":\d+)*$/.exec(unit)?.[1])
    },
    addOne: () => events++,
    count: () => events,
  }
}

// Before the status of a line only strings are the user's, and a quote inside a string has a backslash before it: the first that
// looks like a member is one.

function unitOf(line: Buffer, next: Buffer): string {
  return line.toString('latin1', line.indexOf(KEY), line.indexOf(next))
}

function statusOf(line: Buffer): string {
  const start = line.indexOf(STATUS) + STATUS.length
  return line.toString('latin1', start, start + 24)
}
