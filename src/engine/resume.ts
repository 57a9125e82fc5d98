import type { Problem, Resumed, RunEvent } from '../model/events.ts'
import { keptRecord, type RecordText } from '../model/row.ts'
import type { Plan } from './plan.ts'
import { type ResumedUnit, resumeRow } from './resume-row.ts'
import { type Feeding, feedEach, readSelected, runUnits } from './run.ts'
import type { StopSwitch } from './stop.ts'
import type { EnginePorts, EngineTools } from './tools.ts'

/** What an experiment has come to so far, and what is left of it. */
export interface Rest {
  readonly resumed: Resumed
  /** What is to be told beside it. */
  readonly problems: readonly Problem[]
  /** Units that are run before all others, one after another: each of them may be what ends the process. */
  readonly alone: readonly ResumedUnit[]
  /** Units with results that are not bought again, and those that are tried again. */
  started(): AsyncIterable<readonly ResumedUnit[]>
  stateOf(iteration: number): RunState
  /** Whether the dataset may have records that are not in the log as they are there. */
  readonly readsDataset: boolean
  /**
   * What a record of the dataset means.
   * @throws LlmobsExpError `E_RESUME_CHANGED`
   */
  meet(record: RecordText): MetRecord
  /**
   * The dataset has been read to its end. Returns whether units are left of records that are not there any more.
   * @throws LlmobsExpError `E_RESUME_CHANGED`
   */
  endDataset(): boolean
  /** What is left of a record of the log in one run, beside what has been handed out before. */
  pending(record: RecordText, iteration: number): ResumedUnit | undefined
}

/** `lost` is a run that has begun, and of whose beginning nothing can be read. */
export type RunState = 'new' | 'lost' | 'open' | 'finished'

export interface MetRecord {
  /** Whether it is to be written: it was never read before, or takes the place of what was read. */
  readonly isNews: boolean
  /** `seq` of the `record` event that it takes the place of. */
  readonly replaces?: number
  readonly unit?: ResumedUnit
}

/** As `run`, for what is left of an experiment. A task whose result is in the log is not called again. */
export function resume(
  plan: Plan,
  rest: Rest,
  { stop, ...ports }: EnginePorts & { readonly stop: StopSwitch },
): AsyncGenerator<readonly RunEvent[], void> {
  return runUnits<ResumedUnit>(plan, ports, {
    stop,
    begin: (tools) => begin(rest, tools),
    feed: (feeding) => feedRest(rest, feeding),
    runUnit: resumeRow,
  })
}

function begin({ resumed, problems }: Rest, { stream }: EngineTools): void {
  stream.emit({ ...resumed })
  for (const problem of problems) stream.emit({ ...problem })
}

async function feedRest(rest: Rest, feeding: Feeding<ResumedUnit>): Promise<void> {
  const { tools, pool, runs } = feeding
  const { plan, stop } = tools
  for (let iteration = 1; iteration <= plan.runs; iteration++) {
    const state = rest.stateOf(iteration)
    if (state === 'open') runs.reopen(iteration)
    else if (state === 'lost') void runs.start(iteration)
  }
  for (const unit of rest.alone) {
    if (stop.reason !== undefined) return
    hand(unit, feeding)
    await pool.idle()
  }
  await feedEach(rest.started(), feeding, (unit) => hand(unit, feeding))
  let written: Promise<void> | undefined
  for (let iteration = 1; iteration <= plan.runs && stop.reason === undefined; iteration++) {
    const state = rest.stateOf(iteration)
    if (state === 'finished') continue
    if (state === 'new') written = runs.start(iteration)
    if (iteration === 1 && rest.readsDataset) written = (await feedDataset(rest, feeding)) ?? written
    else {
      await written
      await feedLogged(rest, iteration, feeding)
    }
    if (stop.reason === undefined) runs.allFed(iteration)
  }
}

/** Resolves when the last record that was new has been handed out, with what resolves when it is written. */
async function feedDataset(rest: Rest, feeding: Feeding<ResumedUnit>): Promise<Promise<void> | undefined> {
  const { tools } = feeding
  let written: Promise<void> | undefined
  await feedEach(readSelected(tools), feeding, (record) => {
    const { isNews, replaces, unit } = rest.meet(record)
    if (isNews) written = emitRecord(record, replaces, tools)
    if (unit !== undefined) hand(unit, feeding)
  })
  if (tools.stop.reason === undefined && rest.endDataset()) await feedLogged(rest, 1, feeding)
  return written
}

function emitRecord(record: RecordText, replaces: number | undefined, { stream }: EngineTools): Promise<void> {
  const place = replaces === undefined ? {} : { replaces }
  return new Promise((resolve) => stream.emit({ type: 'record', ...keptRecord(record), ...place }, resolve))
}

function feedLogged(rest: Rest, iteration: number, feeding: Feeding<ResumedUnit>): Promise<void> {
  return feedEach(feeding.tools.reader.records(), feeding, (record) => {
    const unit = rest.pending(record, iteration)
    if (unit !== undefined) hand(unit, feeding)
  })
}

function hand(unit: ResumedUnit, { pool, runs }: Feeding<ResumedUnit>): void {
  runs.begin(unit.iteration)
  pool.add(unit)
}
