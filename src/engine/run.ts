import type { SourceProblem } from '../model/dataset.ts'
import { LlmobsExpError } from '../model/errors.ts'
import type { EventBody, RunEvent } from '../model/events.ts'
import { type JsonChange, jsonChanges } from '../model/json.ts'
import { keptRecord, type RecordText } from '../model/row.ts'
import { createDeadlines } from './deadlines.ts'
import { ErrorBrake } from './error-brake.ts'
import { createEventStream } from './event-stream.ts'
import type { Place } from './place.ts'
import type { Plan } from './plan.ts'
import { createPool, MAX_WAITING, type Pool } from './pool.ts'
import { runRow, type WorkUnit } from './row.ts'
import { createRuns, type Runs } from './runs.ts'
import { selectRecords } from './select.ts'
import { createSlots } from './slots.ts'
import { endReasonOf, type StopSwitch } from './stop.ts'
import type { EnginePorts, EngineTools } from './tools.ts'

/**
 * Runs one experiment: the heart. Yields batches of events; asking for the next batch says that the last one has been written,
 * and only then are the slots of its results free. Ends when every unit has ended or `stop` was thrown and the calls in flight
 * have come back or used up their grace. Why it ended early stands in `stop.reason`.
 */
export function run(plan: Plan, ports: EnginePorts, stop: StopSwitch): AsyncGenerator<readonly RunEvent[], void> {
  return runUnits(plan, ports, { stop, begin, feed: feedAll, runUnit: runRow })
}

/** What is begun, and in which order its units come. */
export interface Course<U extends WorkUnit> {
  readonly stop: StopSwitch
  /** Emits what comes before anything else. */
  begin(tools: EngineTools): void
  /** Hands units out until there are none, or the experiment is being ended. */
  feed(feeding: Feeding<U>): Promise<void>
  /** Takes one unit to its end. Never rejects. */
  runUnit(unit: U, place: Place, tools: EngineTools): Promise<void>
}

export interface Feeding<U> {
  readonly tools: EngineTools
  readonly pool: Pool<U>
  readonly runs: Runs
}

export async function* runUnits<U extends WorkUnit>(
  plan: Plan,
  ports: EnginePorts,
  course: Course<U>,
): AsyncGenerator<readonly RunEvent[], void> {
  const { stop } = course
  const stream = createEventStream(ports.clock, plan.firstSeq)
  const tools: EngineTools = {
    ...ports,
    plan,
    stop,
    stream,
    slots: createSlots(plan, stop),
    deadlines: createDeadlines(ports.clock, stop),
    errorBrake: new ErrorBrake(plan.maxIdenticalErrors, stop),
    cutRuns: new Set(),
    noteChanges: createChangeNotes((problem) => stream.emit(problem)),
  }
  const forgetStop = stop.onStop(() => ports.executor.holdTasks())
  ports.executor.onNotice((notice) => stream.emit(notice))
  const driven = drive(tools, course).finally(() => {
    forgetStop()
    stream.close()
  })
  // A failure is rethrown below; until then the batches that come before it are still to be written.
  driven.catch(() => {})
  yield* stream.batches()
  await driven
}

/** Feeds the units of all runs through one pool. */
async function drive<U extends WorkUnit>(tools: EngineTools, course: Course<U>): Promise<void> {
  const { plan, stop } = tools
  course.begin(tools)
  const runs = createRuns(tools)
  const pool = createPool<U>({
    ...plan,
    run: (unit, place) => course.runUnit(unit, place, tools),
    ended: ({ iteration }) => runs.end(iteration),
  })
  try {
    await course.feed({ tools, pool, runs })
  } catch (error) {
    const reason = endReasonOf(error, 'E_DATASET_THREW')
    // Units that were handed out before the dataset threw are run to their end.
    if (reason.kind === 'dataset-threw') await pool.idle()
    stop.stop(reason)
  }
  await pool.idle()
  await runs.settled()
  tools.deadlines.close()
}

function begin({ plan, stream }: EngineTools): void {
  const { experimentId, name, evaluators, summaryEvaluators, jobs, plannedRecords } = plan
  const planned = plannedRecords === undefined ? {} : { plannedRecords }
  stream.emit({
    type: 'experiment-started',
    experimentId,
    name,
    evaluators,
    summaryEvaluators,
    runs: plan.runs,
    jobs,
    ...planned,
  })
}

async function feedAll(feeding: Feeding<WorkUnit>): Promise<void> {
  const { tools, runs } = feeding
  const { plan, stop } = tools
  for (let iteration = 1; iteration <= plan.runs && stop.reason === undefined; iteration++) {
    const written = runs.start(iteration)
    if (iteration > 1) await written
    const batches = iteration === 1 ? readSelected(tools) : tools.reader.records()
    await feedEach(batches, feeding, (record) => feed(record, iteration, feeding))
    if (stop.reason === undefined) runs.allFed(iteration)
  }
}

/** Takes records one after another, each as soon as there is room for its unit, until the experiment is being ended. */
export async function feedEach<T>(
  batches: AsyncIterable<readonly T[]>,
  { tools: { stop }, pool }: { readonly tools: EngineTools; readonly pool: Pick<Pool<unknown>, 'ready'> },
  take: (item: T) => void,
): Promise<void> {
  for await (const items of untilStopped(batches, stop)) {
    for (const item of items) {
      const waiting = pool.ready()
      if (waiting !== undefined) await waiting
      if (stop.reason === undefined) take(item)
    }
    if (stop.reason !== undefined) return
  }
}

/** A dataset that gives nothing must not keep an experiment from ending. */
async function* untilStopped<T>(items: AsyncIterable<T>, stop: StopSwitch): AsyncGenerator<T, void> {
  const iterator = items[Symbol.asyncIterator]()
  try {
    for (;;) {
      const next = await nextOrStopped(iterator, stop)
      if (next === 'stopped' || next.done === true) return
      yield next.value
    }
  } finally {
    // Not awaited: it may still be about to give something.
    iterator.return?.().catch(() => {})
  }
}

// Listens anew for each item: a race against one long promise would keep a trace of every item.
function nextOrStopped<T>(iterator: AsyncIterator<T>, stop: StopSwitch): Promise<IteratorResult<T> | 'stopped'> {
  return new Promise((resolve, reject) => {
    const forget = stop.onStop(() => resolve('stopped'))
    iterator.next().then(resolve, reject).finally(forget)
  })
}

/** Hands one unit out. */
function feed(record: RecordText, iteration: number, { tools, pool, runs }: Feeding<WorkUnit>): void {
  if (iteration === 1) tools.stream.emit({ type: 'record', ...keptRecord(record) })
  runs.begin(iteration)
  pool.add({ key: record.key, iteration, generation: 0, record })
}

/** Batches of the records of the dataset that are to be run. */
export function readSelected(tools: EngineTools): AsyncIterable<readonly RecordText[]> {
  return selectRecords(readRecords(tools), tools.plan.selection)
}

async function* readRecords(tools: EngineTools): AsyncGenerator<readonly RecordText[], void> {
  const batchSize = Math.min(tools.plan.jobs, MAX_WAITING)
  for await (const items of tools.executor.records({ batchSize })) {
    const records: RecordText[] = []
    for (const item of items) {
      if (item.status === 'record') {
        if (item.changes.length > 0) tools.noteChanges(item.changes, `record ${item.record.key}`)
        records.push(item.record)
      } else if (tools.plan.skipInvalid) noteSkipped(item.problem, tools)
      else {
        // What came before it is run.
        yield records
        throw invalidRecord(item.problem)
      }
    }
    yield records
  }
}

function noteSkipped(problem: SourceProblem, { stream }: EngineTools): void {
  stream.emit({ type: 'problem', severity: 'warning', code: 'W_RECORD_SKIPPED', message: describe(problem) })
}

function invalidRecord(problem: SourceProblem): LlmobsExpError {
  const hint = 'correct it, or leave it out with --skip-invalid'
  return new LlmobsExpError('E_DATASET_RECORD', describe(problem), { hint })
}

function describe({ message, file, line, column }: SourceProblem): string {
  const place = [file, line, column].filter((part) => part !== undefined).join(':')
  return place === '' ? message : `${message} (${place})`
}

/** Says each kind of change once. */
function createChangeNotes(emit: (problem: EventBody) => void): EngineTools['noteChanges'] {
  const said = new Set<JsonChange>()
  return (changes, where) => {
    for (const change of changes) {
      if (said.has(change)) continue
      said.add(change)
      emit({
        type: 'problem',
        severity: 'warning',
        code: 'W_JSON_CHANGED',
        message: `${where}: ${jsonChanges[change]}`,
      })
    }
  }
}
