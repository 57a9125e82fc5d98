import { hash } from 'node:crypto'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { LlmobsExpError } from '../../../model/errors.ts'
import type { Oddities } from '../../../model/oddities.ts'
import type { PulledExperiment, PulledPage } from '../../../model/pull.ts'
import { openEventLog } from '../event-log.ts'
import { writeManifest } from '../manifest.ts'
import type { LocalStore } from '../store.ts'
import { type GatheredRuns, gatherRuns } from './gathered-runs.ts'
import { describePulled } from './pulled-manifest.ts'
import { openRowSpool, type RowSpool } from './row-spool.ts'
import { type StagedExperiment, type StagingOptions, stageExperiment } from './staging.ts'
import { type PulledCounts, type PulledLogInput, writePulledLog } from './write-pulled.ts'

export interface StorePulledInput extends StagingOptions {
  readonly store: LocalStore
  readonly experiment: PulledExperiment
  readonly pages: AsyncIterable<PulledPage>
  readonly oddities: Oddities
  /** Epoch milliseconds. */
  readonly now: number
  /** Of this tool. */
  readonly toolVersion: string
  /** The experiment whose place it takes. */
  readonly replaces?: string
}

export type StoredPull =
  | { readonly status: 'stored'; readonly experimentId: string; readonly runs: number; readonly counts: PulledCounts }
  /** Another process has stored it meanwhile. */
  | { readonly status: 'there'; readonly experimentId: string }

/**
 * Reads an experiment to its end, then puts it into the store: as a whole or, where anything goes wrong, not at all.
 * @throws LlmobsExpError `E_STORE_WRITE`, and whatever reading throws
 */
export async function storePulled(input: StorePulledInput): Promise<StoredPull> {
  const { store, replaces } = input
  const staged = stageExperiment(store.folder, input)
  const spoolFile = join(staged.files.folder, 'rows.tmp')
  const spool = openRowSpool(spoolFile)
  try {
    const plan = planLog(input, await gather(input, spool), spool)
    const experimentId = replaces ?? newId(input, plan.startedAt)
    const counts = writeFiles(staged, { ...plan, experimentId }, input)
    rmSync(spoolFile, { force: true })
    const isThere = await staged.commit(experimentId, { replace: replaces !== undefined })
    return isThere
      ? { status: 'stored', experimentId, runs: plan.runs.length, counts }
      : { status: 'there', experimentId }
  } finally {
    spool.close()
    staged.discard()
  }
}

interface Gathered {
  readonly runs: GatheredRuns
  readonly evaluators: readonly string[]
}

async function gather({ pages, oddities }: StorePulledInput, spool: RowSpool): Promise<Gathered> {
  const runs = gatherRuns(oddities)
  const evaluators = new Set<string>()
  const seen = new Set<string>()
  for await (const { rows, summaries } of pages) {
    for (const row of rows) {
      // A page that was asked for again may give a row again.
      if (seen.has(row.spanId)) continue
      if (row.spanId !== '') seen.add(row.spanId)
      for (const { evaluator } of row.evaluations) evaluators.add(evaluator)
      runs.addRow(row, spool.add(row))
    }
    for (const summary of summaries) runs.addSummary(summary)
  }
  return { runs, evaluators: [...evaluators].sort() }
}

/** What the log is written from, once all pages have come. */
type Plan = Omit<PulledLogInput, 'experimentId'>

function planLog({ experiment, oddities, now }: StorePulledInput, gathered: Gathered, { read }: RowSpool): Plan {
  const { evaluators } = gathered
  const { runs, isRenumbered } = gathered.runs.list(experiment.runs)
  if (isRenumbered) oddities.count('renumbered', runs.length)
  const summaries = runs.flatMap((run) => run.summaries.map(({ result }) => result.name))
  const starts = runs.flatMap(({ rows: [first] }) => (first && read(first).task.startedAt) ?? [])
  return {
    experiment,
    runs,
    evaluators,
    summaryEvaluators: [...new Set(summaries)].sort(),
    runCount: runs.reduce((most, { iteration }) => Math.max(most, iteration), experiment.runs),
    startedAt: starts.length === 0 ? (experiment.createdAt ?? now) : Math.min(...starts),
    read,
    oddities,
  }
}

function writeFiles({ files }: StagedExperiment, input: PulledLogInput, { now, toolVersion }: StorePulledInput) {
  const log = openEventLog(files.events)
  const counts = ((): PulledCounts => {
    try {
      return writePulledLog(log, input)
    } finally {
      log.close()
    }
  })()
  writeManifest(files.manifest, describePulled({ ...input, counts, now, toolVersion }))
  return counts
}

const ID_TRIES = 100

/** An id like all others, of the time at which it began; where pulled twice at once, the same. */
function newId({ store, experiment }: StorePulledInput, startedAt: number): string {
  const taken = new Set(store.ids())
  const stamp = new Date(startedAt).toISOString().replace(/[-:]/g, '').slice(0, 15).replace('T', 't')
  const milliseconds = Math.floor(startedAt % 1000)
    .toString(36)
    .padStart(2, '0')
  for (let attempt = 0; attempt < ID_TRIES; attempt++) {
    const digits = Number.parseInt(hash('sha256', `${experiment.from.id}\n${attempt}`, 'hex').slice(0, 8), 16) % 36 ** 4
    const id = `${stamp}-${milliseconds}${digits.toString(36).padStart(4, '0')}`
    if (!taken.has(id)) return id
  }
  throw new LlmobsExpError('E_INTERNAL', 'no free id was found')
}
