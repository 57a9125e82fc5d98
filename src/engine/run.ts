import { LlmobsExpError } from '../model/errors.ts'
import type { EventBody, RunEvent } from '../model/events.ts'
import { type JsonChange, jsonChanges } from '../model/json.ts'
import type { RecordText } from '../model/row.ts'
import { createDeadlines } from './deadlines.ts'
import { createEventStream } from './event-stream.ts'
import type { Plan } from './plan.ts'
import { createPool } from './pool.ts'
import { runRow } from './row.ts'
import { createRuns } from './runs.ts'
import { selectRecords } from './select.ts'
import { createSlots } from './slots.ts'
import { endReasonOf, type StopSwitch } from './stop.ts'
import type { EnginePorts, EngineTools } from './tools.ts'

/**
 * Runs one experiment: the heart. Yields batches of events; asking for the next batch says that the last one has been written,
 * and only then are the slots of its results free. Ends when every unit has ended or `stop` was thrown and the calls in flight
 * have come back or used up their grace. Why it ended early stands in `stop.reason`.
 */
export async function* run(
  plan: Plan,
  ports: EnginePorts,
  stop: StopSwitch,
): AsyncGenerator<readonly RunEvent[], void> {
  const stream = createEventStream(ports.clock, plan.firstSeq)
  const tools: EngineTools = {
    ...ports,
    plan,
    stop,
    stream,
    slots: createSlots(plan, stop),
    deadlines: createDeadlines(ports.clock, stop),
    noteChanges: createChangeNotes((problem) => void stream.emit(problem)),
  }
  ports.executor.onNotice((notice) => void stream.emit(notice))
  const driven = drive(tools).finally(() => stream.close())
  // A failure is rethrown below; until then the batches that come before it are still to be written.
  driven.catch(() => {})
  yield* stream.batches()
  await driven
}

/** Feeds the units of all runs through one pool. */
async function drive(tools: EngineTools): Promise<void> {
  const { plan, stream, stop } = tools
  const { experimentId, name, evaluators, summaryEvaluators, jobs, plannedRecords } = plan
  const planned = plannedRecords === undefined ? {} : { plannedRecords }
  void stream.emit({
    type: 'experiment-started',
    experimentId,
    name,
    evaluators,
    summaryEvaluators,
    runs: plan.runs,
    jobs,
    ...planned,
  })
  const pool = createPool(plan.jobs)
  const runs = createRuns(tools)
  try {
    for (let iteration = 1; iteration <= plan.runs && stop.reason === undefined; iteration++) {
      runs.start(iteration)
      const records = iteration === 1 ? readSelected(tools) : tools.reader.records()
      for await (const record of records) {
        await pool.ready()
        if (stop.reason !== undefined) break
        if (iteration === 1) void stream.emit({ type: 'record', ...record })
        runs.begin(iteration)
        pool.add((place) =>
          runRow({ key: record.key, iteration, generation: 0, record }, place, tools).finally(() =>
            runs.end(iteration),
          ),
        )
      }
      if (stop.reason === undefined) runs.allFed(iteration)
    }
  } catch (error) {
    stop.stop(endReasonOf(error, 'E_DATASET_THREW'))
  }
  await pool.idle()
  await runs.settled()
}

function readSelected(tools: EngineTools): AsyncIterable<RecordText> {
  return selectRecords(readRecords(tools), tools.plan.selection)
}

async function* readRecords(tools: EngineTools): AsyncGenerator<RecordText, void> {
  const { plan, executor, stream, noteChanges } = tools
  for await (const batch of executor.records({ batchSize: plan.jobs })) {
    for (const item of batch) {
      if (item.status === 'record') {
        if (item.changes.length > 0) noteChanges(item.changes, `record ${item.record.key}`)
        yield item.record
      } else if (plan.skipInvalid) {
        void stream.emit({
          type: 'problem',
          severity: 'warning',
          code: 'W_RECORD_SKIPPED',
          message: item.problem.message,
        })
      } else {
        throw new LlmobsExpError('E_DATASET_RECORD', item.problem.message, {
          hint: 'correct it, or leave it out with --skip-invalid',
        })
      }
    }
  }
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
