import { type RowReader, unitName, unitOf } from '../../model/row.ts'
import type { LogState } from './log-state.ts'

/** A unit that was under way at so many crashes is not run again by itself. */
const MOST_CRASHES = 3
/** One that was under way at so many is run alone, so that the next crash says whose it was. */
const ALONE_FROM = 2

/** What is known of the crashes of an experiment. */
export interface Crashes {
  /** Units that may have been under way at the last one, by `unitName`; none where the last process came to its end. */
  readonly inFlight: readonly string[]
  /** Units that are run one after another. */
  readonly alone: readonly string[]
  /** Units that are given up. */
  readonly poison: readonly string[]
}

export interface CrashOptions {
  readonly state: LogState
  readonly reader: RowReader
  readonly runs: number
  readonly retryPoison: boolean
}

/**
 * Units are begun in a fixed order: of those that are not done, the first as many as there were jobs were under way when the
 * process was gone. So nothing has to be written for the units that are begun.
 */
export async function findCrashes({ state, reader, runs, retryPoison }: CrashOptions): Promise<Crashes> {
  const inFlight = hasCrashed(state) ? await findInFlight(state, reader, runs) : []
  const counts = new Map(state.crashes)
  for (const unit of inFlight) counts.set(unit, (counts.get(unit) ?? 0) + 1)
  const undone = [...counts].filter(([unit]) => !isDone(unit, state))
  const isPoison = (count: number): boolean => count >= MOST_CRASHES && !retryPoison
  return {
    inFlight,
    alone: undone.flatMap(([unit, count]) => (count >= ALONE_FROM && !isPoison(count) ? [unit] : [])),
    poison: undone.flatMap(([unit, count]) => (isPoison(count) ? [unit] : [])),
  }
}

/** Whether its process was gone, or user code had ended, before it could end in good order. */
function hasCrashed({ finished }: LogState): boolean {
  const outcome = finished?.outcome
  return outcome === undefined || (outcome.status === 'stopped' && outcome.reason.kind === 'user-code-ended')
}

async function findInFlight(state: LogState, reader: RowReader, runs: number): Promise<readonly string[]> {
  const alone = state.alone.find((unit) => !isDone(unit, state))
  if (alone !== undefined) return [alone]
  const partial = [...state.units.partial.keys()]
  const found = new Set(partial)
  for (let iteration = 1; iteration <= runs && found.size < state.jobs; iteration++) {
    if (state.runs.get(iteration)?.isStarted !== true) continue
    if (state.known.doneOf(iteration) === state.known.count) continue
    await findUndone(iteration, { state, reader, found })
  }
  return [...found].slice(0, Math.max(state.jobs, partial.length))
}

interface Search {
  readonly state: LogState
  readonly reader: RowReader
  readonly found: Set<string>
}

async function findUndone(iteration: number, { state, reader, found }: Search): Promise<void> {
  for await (const records of reader.records()) {
    for (const { key } of records) {
      if (found.size >= state.jobs) return
      if (!state.known.isDone(key, iteration)) found.add(unitName({ key, iteration }))
    }
  }
}

function isDone(name: string, { known }: LogState): boolean {
  const { key, iteration } = unitOf(name)
  return known.isDone(key, iteration)
}
