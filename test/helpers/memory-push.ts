import type { PushedExperiment } from '../../src/model/backend.ts'
import type { RunEvent } from '../../src/model/events.ts'
import type { LoggedProgress, LoggedRun, PushEntry, PushSource } from '../../src/model/push.ts'
import type { Row } from '../../src/model/row.ts'
import { memoryReader } from './memory-reader.ts'

/** What is kept of one experiment: outlives the processes that write and push it. */
export interface MemoryExperiment {
  readonly experimentId: string
  readonly events: RunEvent[]
  readonly entries: PushEntry[]
  /** Who holds its push lock. */
  owner?: string
}

export function memoryExperiment(events: readonly RunEvent[], experimentId = 'exp-1'): MemoryExperiment {
  return { experimentId, events: [...events], entries: [] }
}

export interface MemoryProcess {
  readonly name?: string
  /** After it was killed nothing of it reaches the store. */
  isKilled?(): boolean
  /** Asked before each entry is written. */
  beforeWrite?(entry: PushEntry): void
}

/** One process's view of it, with the simplest code there is. */
export function memorySource(experiment: MemoryExperiment, process: MemoryProcess = {}): PushSource {
  const { name = 'process 1', isKilled = () => false, beforeWrite = () => {} } = process
  return {
    experiment: describe(experiment),
    progress: async () => progressOf(experiment.events),
    follow: (iteration) => follow(experiment.events, iteration),
    log: {
      async *entries() {
        yield* experiment.entries.map(copy)
      },
      append(entry) {
        if (isKilled()) return
        beforeWrite(entry)
        if (!isKilled()) experiment.entries.push(copy(entry))
      },
      close() {},
    },
    lock: {
      take() {
        if (experiment.owner !== undefined && experiment.owner !== name)
          return { status: 'held', owner: experiment.owner }
        experiment.owner = name
        return { status: 'taken' }
      },
      refresh() {},
      release() {
        if (experiment.owner === name) delete experiment.owner
      },
    },
  }
}

function copy(entry: PushEntry): PushEntry {
  return structuredClone(entry)
}

function describe({ experimentId }: MemoryExperiment): PushedExperiment {
  const dataset = { name: 'exp', description: '3 inline records', isWhole: true, async *records() {} }
  return { experimentId, name: 'exp', config: '{}', tags: {}, runs: 1, toolVersion: '0.1.0', dataset }
}

function follow(events: readonly RunEvent[], iteration: number) {
  let given = 0
  let length = 0
  let rows: Row[] = []
  return {
    async next(): Promise<Row | undefined> {
      if (length < events.length) rows = []
      if (length < events.length) for await (const row of memoryReader(events).rows({ iteration })) rows.push(row)
      length = events.length
      const row = rows[given]
      if (row !== undefined) given++
      return row
    },
    close: async () => {},
  }
}

function progressOf(events: readonly RunEvent[]): LoggedProgress {
  const runs = new Map<number, LoggedRun>()
  for (const event of events) {
    if (event.type === 'run-started') runs.set(event.iteration, { ...event, ends: [] })
    const run = event.type === 'run-finished' ? runs.get(event.iteration) : undefined
    if (run !== undefined && event.type === 'run-finished')
      runs.set(run.iteration, { ...run, ends: [...run.ends, event] })
  }
  const finished = events.find((event) => event.type === 'experiment-finished')
  return {
    startedAt: events[0]?.at ?? 0,
    lastSeq: events.at(-1)?.seq ?? 0,
    events: seqsToPush(events).length,
    runs: [...runs.values()],
    ...(finished === undefined ? {} : { outcome: finished.outcome }),
  }
}

/** The events that a backend is to have. */
export function seqsToPush(events: readonly RunEvent[]): number[] {
  const done = new Set<string>()
  for (const event of events) {
    if (event.type === 'row-finished' && !/cancelled|skipped/.test(event.status))
      done.add(`${event.iteration}/${event.key}`)
  }
  return events.flatMap((event) => {
    if (event.type === 'run-finished') return event.summaries.length > 0 ? [event.seq] : []
    if (event.type !== 'row-finished' && event.type !== 'evaluation-finished') return []
    if (!done.has(`${event.iteration}/${event.key}`)) return []
    if (event.type === 'row-finished') return [event.seq]
    if (event.status === 'skipped' || (event.status === 'ok' && event.evaluations.length === 0)) return []
    return [event.seq]
  })
}
