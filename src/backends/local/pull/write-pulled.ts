import type { RunEvent } from '../../../model/events.ts'
import type { Oddities } from '../../../model/oddities.ts'
import type { PulledExperiment, PulledRow } from '../../../model/pull.ts'
import type { EventLog } from '../event-log.ts'
import type { GatheredRun } from './gathered-runs.ts'
import { createKeys, type DoneStatus, recordEvent, rowEvents, type TimedBody } from './pulled-events.ts'
import type { SpooledRow } from './row-spool.ts'

export interface PulledLogInput {
  readonly experimentId: string
  readonly experiment: PulledExperiment
  readonly runs: readonly GatheredRun[]
  readonly evaluators: readonly string[]
  readonly summaryEvaluators: readonly string[]
  /** How many runs there are or were to be. */
  readonly runCount: number
  /** When it began: epoch milliseconds. */
  readonly startedAt: number
  readonly read: (place: SpooledRow) => PulledRow
  readonly oddities: Oddities
}

/** What was written. */
export interface PulledCounts {
  readonly rows: { readonly [status in DoneStatus]: number }
  readonly records: number
  readonly values: number
}

const BATCH_EVENTS = 256

/** Writes a pulled experiment as the log that a run of it would have written, run by run. */
export function writePulledLog(log: EventLog, input: PulledLogInput): PulledCounts {
  const { experiment, runs, startedAt, oddities } = input
  const events = stampInto(log)
  const counts = { rows: { ok: 0, error: 0, timeout: 0 }, values: 0 }
  const records = new Map<string, string>()
  let lastAt = startedAt
  events.add({ at: startedAt, body: experimentStarted(input) })
  for (const run of runs) {
    const ended = writeRun(run, { ...input, add: events.add, records, counts })
    lastAt = Math.max(lastAt, ended)
  }
  for (const message of oddities.list()) {
    events.add({ at: lastAt, body: { type: 'problem', severity: 'warning', code: 'W_PULLED', message } })
  }
  events.add({ at: lastAt, body: { type: 'experiment-finished', outcome: experiment.outcome } })
  events.flush()
  return { ...counts, records: records.size }
}

function experimentStarted(input: PulledLogInput) {
  const { experimentId, experiment, evaluators, summaryEvaluators, runCount } = input
  const names = { evaluators, summaryEvaluators }
  return { type: 'experiment-started', experimentId, name: experiment.name, ...names, runs: runCount, jobs: 0 } as const
}

interface RunWriting extends PulledLogInput {
  readonly add: (event: TimedBody) => void
  /** Content hashes of the records that stand in the log, by key. */
  readonly records: Map<string, string>
  readonly counts: { readonly rows: { [status in DoneStatus]: number }; values: number }
}

/** Returns when the run ended. */
function writeRun(run: GatheredRun, writing: RunWriting): number {
  const { add, experiment, read, startedAt, evaluators, oddities } = writing
  const { iteration, runId } = run
  const keyOf = createKeys()
  const [first] = run.rows
  const begunAt = (first === undefined ? undefined : read(first).task.startedAt) ?? startedAt
  let endedAt = begunAt
  add({ at: begunAt, body: { type: 'run-started', iteration, runId } })
  for (const place of run.rows) {
    const row = read(place)
    const key = keyOf(row)
    const silent = evaluators.filter((name) => !row.evaluations.some(({ evaluator }) => evaluator === name))
    if (!experiment.isWhole) oddities.count('no-value', silent.length)
    writeRecord(row, key, writing)
    const skipped = experiment.isWhole ? silent : []
    for (const event of rowEvents(row, { key, iteration, startedAt: begunAt, skipped })) {
      add(event)
      endedAt = Math.max(endedAt, event.at)
    }
    count(row, writing)
  }
  for (const { at } of run.summaries) endedAt = Math.max(endedAt, at)
  add({ at: endedAt, body: { type: 'run-finished', iteration, summaries: run.summaries.map(({ result }) => result) } })
  return endedAt
}

function count(row: PulledRow, { counts }: RunWriting): void {
  counts.rows[row.task.status]++
  for (const result of row.evaluations) if (result.status === 'ok') counts.values += result.evaluations.length
}

/** A record stands in the log once, for all runs. */
function writeRecord(row: PulledRow, key: string, { add, records, oddities, startedAt }: RunWriting): void {
  const record = recordEvent(row, key)
  const known = records.get(key)
  if (known === undefined) {
    records.set(key, record.contentHash)
    add({ at: row.task.startedAt ?? startedAt, body: record })
  } else if (known !== record.contentHash) oddities.count('other-content')
  if (row.record.key === undefined) oddities.count('no-record')
}

/** Numbers events, and hands them to the log many at a time. */
function stampInto(log: EventLog) {
  let seq = 0
  let batch: RunEvent[] = []
  const flush = (): void => {
    log.append(batch)
    batch = []
  }
  return {
    flush,
    add({ at, body }: TimedBody): void {
      seq++
      batch.push({ seq, at, ...body })
      if (batch.length >= BATCH_EVENTS) flush()
    },
  }
}
