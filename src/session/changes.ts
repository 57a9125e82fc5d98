import type { ExperimentChanges, RowChange, RowChangeKind } from '../model/changes.ts'
import type { ExperimentInfo, ExperimentView } from '../model/ports.ts'
import { type Row, type RowReader, unitName, unitOf } from '../model/row.ts'
import type { ExperimentSummary } from '../model/summary.ts'
import { compareLabels, compareSummaries } from './changes/compare-numbers.ts'
import { type ComparedRows, compareRows } from './changes/compare-rows.ts'
import { digestRows, type RowDigests } from './changes/digests.ts'

/** A complete experiment, as much of it as comparing with a later one takes. */
export interface ComparedExperiment {
  readonly info: ExperimentInfo
  readonly summary: ExperimentSummary
  readonly digests: RowDigests
  readonly reader: RowReader
}

/** How many rows of each kind are read back. */
const MAX_ROWS = 10

/** Reads the rows of a complete experiment once. Keeps about 150 bytes for each. */
export async function digestExperiment({ info, reader, summary }: ExperimentView): Promise<ComparedExperiment> {
  return { info, reader, summary: summary(), digests: await digestRows(reader.rows({})) }
}

/** Names of the units that failed, in the order of the dataset. */
export function failingUnits({ digests }: ComparedExperiment): string[] {
  return [...digests]
    .filter(([, { isFailing }]) => isFailing)
    .sort(([, a], [, b]) => a.position - b.position)
    .map(([name]) => name)
}

/**
 * What differs between two executions of one definition. Only the rows that are to be shown are read back whole. Where the later one
 * was of a choice of records, other rows are left out of account, and numbers, which are those of other rows.
 */
export async function findChanges(
  before: ComparedExperiment,
  after: ComparedExperiment,
  scope: 'all' | 'choice' = 'all',
): Promise<ExperimentChanges> {
  const isAll = scope === 'all'
  const old = isAll ? before.digests : new Map([...before.digests].filter(([name]) => after.digests.has(name)))
  const compared = compareRows(old, after.digests, MAX_ROWS)
  return {
    name: after.info.name,
    runs: after.info.runs,
    beforeId: before.info.experimentId,
    afterId: after.info.experimentId,
    labels: isAll ? compareLabels(before.summary.labels, after.summary.labels, compared.flips) : [],
    summaries: isAll ? compareSummaries(before.summary, after.summary) : [],
    counts: compared.counts,
    rows: await readBack(compared, before.reader, after.reader),
  }
}

async function readBack(compared: ComparedRows, before: RowReader, after: RowReader): Promise<RowChange[]> {
  const units = new Set(kinds.flatMap((kind) => compared.units[kind]))
  const [old, current] = await Promise.all([readUnits(before, units), readUnits(after, units)])
  return kinds.flatMap((kind) =>
    compared.units[kind].map((name): RowChange => {
      const [beforeRow, afterRow] = [old.get(name), current.get(name)]
      return {
        kind,
        ...unitOf(name),
        ...(beforeRow === undefined ? {} : { before: beforeRow }),
        ...(afterRow === undefined ? {} : { after: afterRow }),
      }
    }),
  )
}

const kinds: readonly RowChangeKind[] = ['broken', 'fixed', 'changed', 'new', 'removed']

/** The experiment may have been deleted meanwhile; what is known of it without reading is worth telling all the same. */
async function readUnits(reader: RowReader, units: ReadonlySet<string>): Promise<Map<string, Row>> {
  const rows = new Map<string, Row>()
  if (units.size === 0) return rows
  try {
    for await (const row of reader.rows({ units })) rows.set(unitName(row), row)
  } catch {
    // What was read before stands.
  }
  return rows
}
