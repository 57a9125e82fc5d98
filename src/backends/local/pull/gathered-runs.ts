import type { Oddities } from '../../../model/oddities.ts'
import type { PulledRow, PulledRun, PulledSummary } from '../../../model/pull.ts'
import type { SpooledRow } from './row-spool.ts'

/** A row of a run, by what its place in the log depends on. */
interface GatheredRow extends SpooledRow {
  readonly startedAt: number
  readonly key: string | undefined
}

interface OpenRun extends PulledRun {
  readonly rows: GatheredRow[]
  readonly byKey: Map<string, number>
}

/** A run with its number. Its rows are in the order in which they began. */
export interface GatheredRun {
  readonly iteration: number
  readonly runId: string
  readonly rows: readonly SpooledRow[]
  readonly summaries: readonly PulledSummary[]
}

/** Rows and summaries by run, while pages come in no order. Holds some 200 bytes a row. */
export interface GatheredRuns {
  addRow(row: PulledRow, place: SpooledRow): void
  addSummary(summary: PulledSummary): void
  /** @param declared how many runs there were to be */
  list(declared: number): { readonly runs: readonly GatheredRun[]; readonly isRenumbered: boolean }
}

export function gatherRuns(oddities: Oddities): GatheredRuns {
  const runs = new Map<string, OpenRun>()
  const summaries = new Map<string, PulledSummary>()
  const runOf = (run: PulledRun): OpenRun => {
    const known = runs.get(nameOf(run)) ?? { ...run, rows: [], byKey: new Map() }
    runs.set(nameOf(run), known)
    return known
  }
  return {
    addRow({ run, task, record: { key } }, place) {
      const { rows, byKey } = runOf(run)
      if (run.runId === undefined && run.iteration === undefined) oddities.count('no-run')
      if (task.startedAt === undefined) oddities.count('no-start')
      const row = { ...place, startedAt: task.startedAt ?? 0, key }
      const earlier = key === undefined ? undefined : byKey.get(key)
      if (earlier === undefined) {
        if (key !== undefined) byKey.set(key, rows.length)
        rows.push(row)
        return
      }
      oddities.count('run-anew')
      if ((rows[earlier]?.startedAt ?? 0) <= row.startedAt) rows[earlier] = row
    },
    addSummary(summary) {
      const name = JSON.stringify([nameOf(summary.run), summary.result.name])
      const known = summaries.get(name)
      if (known === undefined || summary.at >= known.at) summaries.set(name, summary)
    },
    list(declared) {
      const ordered = [...runs.values()].sort(byBeginning)
      const numbers = ordered.map(({ iteration }) => iteration ?? 0)
      const most = Math.max(declared, ordered.length)
      const areGood = new Set(numbers).size === numbers.length && numbers.every((n) => n >= 1 && n <= most)
      const owned = assign([...summaries.values()], runs, oddities)
      const numbered = ordered.map((run, index) => {
        const iteration = areGood ? (run.iteration ?? 0) : index + 1
        return { iteration, runId: run.runId ?? '', rows: inOrder(run), summaries: owned.get(run) ?? [] }
      })
      return { runs: numbered, isRenumbered: !areGood && numbers.some((n, index) => n !== 0 && n !== index + 1) }
    },
  }
}

/** Summaries by run, in the order of their names. Of several runs, one that does not say which it is of is of none. */
function assign(
  summaries: readonly PulledSummary[],
  runs: ReadonlyMap<string, OpenRun>,
  oddities: Oddities,
): ReadonlyMap<OpenRun, readonly PulledSummary[]> {
  const [only] = runs.size === 1 ? runs.values() : []
  const owned = new Map<OpenRun, PulledSummary[]>()
  for (const summary of [...summaries].sort((one, other) => compare(one.result.name, other.result.name))) {
    const run = runs.get(nameOf(summary.run)) ?? (nameOf(summary.run) === NO_RUN ? only : undefined)
    if (run === undefined) oddities.count('no-run-summary')
    else owned.set(run, [...(owned.get(run) ?? []), summary])
  }
  return owned
}

function inOrder({ rows }: OpenRun): readonly SpooledRow[] {
  return [...rows].sort((one, other) => one.startedAt - other.startedAt || compare(one.key, other.key))
}

const NO_RUN = '#'

/** An id tells more than a number: some clients give every run the same. */
function nameOf({ runId, iteration }: PulledRun): string {
  return runId ?? `${NO_RUN}${iteration ?? ''}`
}

function byBeginning(one: OpenRun, other: OpenRun): number {
  const iterations = (one.iteration ?? 0) - (other.iteration ?? 0)
  return iterations || beginning(one) - beginning(other) || compare(one.runId, other.runId)
}

function beginning({ rows }: OpenRun): number {
  let first = Number.MAX_VALUE
  for (const { startedAt } of rows) first = Math.min(first, startedAt)
  return first
}

function compare(one = '', other = ''): number {
  return one < other ? -1 : Number(one > other)
}
