import type { EventLog } from '../backends/local/event-log.ts'
import type { Mask } from '../config/secrets.ts'
import type { Plan, Selection } from '../engine/plan.ts'
import { run } from '../engine/run.ts'
import { endReasonOf, type StopSwitch } from '../engine/stop.ts'
import type { Comparison } from '../model/comparison.ts'
import type { Problem, RunEvent } from '../model/events.ts'
import type { Executor, Gauges } from '../model/executor.ts'
import type { EndReason, Failure, Outcome } from '../model/outcome.ts'
import type { Clock, ExperimentInfo, ExperimentView, Ids } from '../model/ports.ts'
import type { RowReader } from '../model/row.ts'
import type { BegunExperiment } from './begun.ts'
import type { CertaintyWatch } from './certainty/watch.ts'
import { describeNeverCertain, earlyVerdict, watchCertainty } from './certainty.ts'
import type { ComparedRun } from './compare/with-baseline.ts'
import { describeSelection } from './describe-selection.ts'
import { maskEvents, maskOutcome } from './mask-events.ts'
import { decideOutcome, type OutcomeInput } from './outcome.ts'
import { describeUnmet } from './quarantine.ts'
import { createTally, type Tally } from './tally.ts'
import { createView } from './view.ts'
import { watchSelection } from './watch-selection.ts'

/** One experiment, ready to run. */
export interface ConductedExperiment {
  readonly info: ExperimentInfo
  readonly plan: Plan
  readonly executor: Executor
  readonly log: EventLog
  readonly reader: RowReader
  /** The records for tasks, where those of the log are not what they were. */
  readonly records?: RowReader['records']
  readonly verdict: Pick<OutcomeInput, 'maxErrors' | 'thresholds'> & { readonly stopWhenCertain: boolean }
  /** Whether a task was called before, of this experiment or another of the same command. */
  readonly taskStartedBefore: boolean
  /** Absent for one that begins. */
  readonly begun?: BegunExperiment
  /** Holds it against its baseline when all of its rows are written; absent where it has none. */
  readonly compare?: () => Promise<ComparedRun>
}

export interface ConductPorts {
  readonly clock: Clock
  readonly ids: Ids
  readonly stop: StopSwitch
  readonly tell: (event: RunEvent, view: ExperimentView) => void
  /** Takes secrets out of text. */
  readonly mask: Mask
}

export interface Conducted {
  readonly outcome: Outcome
  readonly view: ExperimentView
  /** Whether any task was called. */
  readonly taskStarted: boolean
  readonly comparison?: Comparison
}

/**
 * Runs one experiment from its first event to its outcome. Every batch of events is written before anything is told of it; a
 * store that fails ends the experiment.
 */
export async function conduct(experiment: ConductedExperiment, ports: ConductPorts): Promise<Conducted> {
  const { info, plan, executor, log, reader, begun } = experiment
  const { clock, ids, stop, mask } = ports
  const gauges = (): Gauges => executor.gauges()
  const tally = begun?.tally(gauges) ?? createTally(info, { clock, gauges })
  const comparing = experiment.compare === undefined ? undefined : createPromise<Comparison | undefined>()
  const view = createView(info, { tally, reader, comparison: comparing?.promise })
  const watch = watchSelection(executor, plan.selection)
  const certainty = watchCertainty({
    plan,
    verdict: experiment.verdict,
    past: begun === undefined ? undefined : tally.summary(),
  })
  let lastSeq = plan.firstSeq - 1

  const keep = (raw: readonly RunEvent[]): void => {
    if (stop.reason?.kind === 'store-failed') return
    const events = maskEvents(raw, mask)
    try {
      log.append(events)
    } catch (error) {
      stop.stop(endReasonOf(error, 'E_STORE_WRITE'))
      return
    }
    for (const event of events) {
      lastSeq = event.seq
      tally.apply(event)
      certainty?.apply(event)
      ports.tell(event, view)
    }
    certainty?.decide()
  }

  const start = begun?.run ?? run
  const isDecided = (): boolean => certainty?.isDecided === true
  const logged = { rows: reader.rows, records: experiment.records ?? reader.records }
  for await (const events of start(plan, { executor: watch.executor, reader: logged, clock, ids, isDecided }, stop))
    keep(events)
  await begun?.settle(stop.reason)
  const isWhole = stop.reason === undefined && isEverything(plan.selection)
  keep(
    stamp(
      [
        ...tally.takeProblems(),
        ...(isWhole ? describeUnmet(tally.unmetQuarantine()) : []),
        ...describeNeverCertain(experiment),
      ],
      lastSeq,
      clock,
    ),
  )
  const compared = await compareAtEnd(experiment, stop)
  comparing?.resolve(compared?.comparison)
  const taskStarted = executor.gauges().tasksCalled > 0
  const outcome = maskOutcome(
    decide(experiment, {
      tally,
      stop,
      taskStarted,
      hint: watch.hint(),
      regressions: compared?.failures ?? [],
      certainty,
    }),
    mask,
  )
  keep(stamp([{ type: 'experiment-finished', outcome }], lastSeq, clock))
  return { outcome, view, taskStarted, ...(compared === undefined ? {} : { comparison: compared.comparison }) }
}

function createPromise<T>() {
  let resolve: (value: T) => void = () => {}
  const promise = new Promise<T>((settle) => {
    resolve = settle
  })
  return { promise, resolve: (value: T): void => resolve(value) }
}

/** Of what ended early there are no numbers to compare. */
async function compareAtEnd({ compare }: ConductedExperiment, stop: StopSwitch): Promise<ComparedRun | undefined> {
  if (stop.reason !== undefined) return undefined
  try {
    return await compare?.()
  } catch (error) {
    stop.stop(endReasonOf(error, 'E_STORE_READ'))
    return undefined
  }
}

interface Ending {
  readonly tally: Tally
  readonly stop: StopSwitch
  readonly taskStarted: boolean
  readonly hint: string | undefined
  readonly regressions: readonly Failure[]
  readonly certainty: CertaintyWatch | undefined
}

function decide({ plan, verdict, taskStartedBefore, begun }: ConductedExperiment, ending: Ending): Outcome {
  const end = ending.stop.reason
  // What an experiment has come to before is pending all the same when its evaluators end the process.
  const countsBefore = isOfCommand(end) || (end?.kind === 'user-code-ended' && begun !== undefined)
  const selection = describeSelection(plan.selection)
  const summary = ending.tally.summary()
  const early = earlyVerdict(ending.certainty, summary)
  return decideOutcome({
    ...verdict,
    taskStarted: ending.taskStarted || (countsBefore && taskStartedBefore),
    summary,
    regressions: ending.regressions,
    ...(early === undefined ? {} : { early }),
    ...(end === undefined ? {} : { end }),
    ...(selection === '' ? {} : { selection }),
    ...(ending.hint === undefined ? {} : { selectionHint: ending.hint }),
  })
}

function isEverything({ filters, records, sampleSize }: Selection): boolean {
  return filters.length === 0 && records.length === 0 && sampleSize === undefined
}

/** Whether what ended it was meant for the whole command. */
function isOfCommand(end: EndReason | undefined): boolean {
  return end?.kind === 'signal' || end?.kind === 'brake'
}

function stamp(
  bodies: readonly (Problem | { readonly type: 'experiment-finished'; readonly outcome: Outcome })[],
  lastSeq: number,
  clock: Clock,
): RunEvent[] {
  return bodies.map((body, index) => ({ ...body, seq: lastSeq + 1 + index, at: clock.now() }))
}
