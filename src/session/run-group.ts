import { writeComparison } from '../backends/local/comparison-file.ts'
import type { Manifest } from '../backends/local/manifest.ts'
import type { StoredExperiment } from '../backends/local/store.ts'
import type { Mask } from '../config/secrets.ts'
import type { StopSwitch } from '../engine/stop.ts'
import { endReasonOf } from '../engine/stop.ts'
import type { Comparison } from '../model/comparison.ts'
import type { EndReason, Outcome } from '../model/outcome.ts'
import type {
  Clock,
  ExperimentInfo,
  ExperimentOutcome,
  ExperimentRef,
  ExperimentView,
  GroupOutcome,
  Ids,
} from '../model/ports.ts'
import type { BegunExperiment } from './begun.ts'
import type { FinishedVariant } from './compare/variants.ts'
import type { BaselinePlan, ComparedRun } from './compare/with-baseline.ts'
import { type Conducted, conduct } from './conduct.ts'
import { readFromDataset } from './dataset-records.ts'
import { type DeliveredRun, type Deliverer, followRun, type Tell } from './deliverer.ts'
import { lastLine } from './last-line.ts'
import { limitTime } from './max-time.ts'
import { combineExitCodes, exitCodeOf } from './outcome.ts'
import type { PlannedExperiment } from './plan-experiment.ts'
import { threadLimits } from './thread-limits.ts'

/** An experiment that has its place in the store. */
export interface StoredPlan extends PlannedExperiment {
  readonly info: ExperimentInfo
  readonly manifest: Manifest
  readonly stored: StoredExperiment
  /** Absent for one that begins. */
  readonly begun?: BegunExperiment
  /** Absent where it is compared with none. */
  readonly against?: BaselinePlan
}

/** An experiment of which nothing is left to run. */
export interface CompleteExperiment extends Pick<StoredPlan, 'info' | 'stored'> {
  readonly ref: ExperimentRef
  /** Tells what it came to, and has it delivered. */
  recall(ports: Pick<GroupPorts, 'tell' | 'deliverer'>): EndedExperiment
}

export type GroupMember = StoredPlan | CompleteExperiment

export interface GroupPorts {
  readonly clock: Clock
  readonly ids: Ids
  /** One for all experiments of the command. */
  readonly stop: StopSwitch
  readonly tell: Tell
  /** Takes secrets out of text. */
  readonly mask: Mask
  /** Absent where experiments stay in the local store. */
  readonly deliverer?: Deliverer
  /** Milliseconds that all experiments together may take. */
  readonly maxTime?: number
  /** Whether what was not delivered passes all the same. */
  readonly allowUndelivered: boolean
  /** Whether a complete experiment that failed passes all the same. */
  readonly exitZero: boolean
}

/** What a group came to, with what is known of each experiment that ran. */
export interface EndedGroup extends GroupOutcome {
  readonly experiments: readonly EndedExperiment[]
  /** What ended it early: an experiment, or the wait for its delivery. */
  readonly end?: EndReason
}

export interface EndedExperiment extends ExperimentOutcome {
  readonly view: ExperimentView
}

/** Runs the experiments of one command one after another. What ends one early ends those after it, which stay planned. */
export async function runGroup(experiments: readonly GroupMember[], ports: GroupPorts): Promise<EndedGroup> {
  const ended: EndedExperiment[] = []
  let taskStarted = false
  const forgetTime = limitTime(ports.maxTime, ports)
  for (const experiment of experiments) {
    // One that has passed before the stop does not speak for those after it.
    if (ports.stop.reason !== undefined && ended.at(-1)?.outcome.status === 'stopped') break
    if ('recall' in experiment) {
      ended.push(experiment.recall(ports))
      continue
    }
    const { conducted, delivered } = await runOne(experiment, ports, taskStarted)
    if (ports.stop.reason === undefined) await experiment.loaded.module.drain()
    taskStarted ||= conducted.taskStarted
    const { view, comparison } = conducted
    const outcome = finish(experiment, conducted, delivered)
    ended.push({ info: experiment.info, outcome, view, ...(comparison === undefined ? {} : { comparison }) })
  }
  forgetTime()
  const notRun = experiments.slice(ended.length)
  // What never ran has nothing that could be gone on with, unless its group has.
  for (const { stored } of notRun) taskStarted ? stored.leave() : stored.discard()
  return conclude(await withVariants(ended, experiments), notRun.length, ports)
}

/** Variants of one definition that came to their end, and have no baseline, are held against the first of them. */
async function withVariants(
  ended: readonly EndedExperiment[],
  experiments: readonly GroupMember[],
): Promise<readonly EndedExperiment[]> {
  const variants = ended.flatMap(({ info, outcome, comparison }, index): FinishedVariant[] => {
    const member = experiments[index]
    if (member === undefined || outcome.status === 'stopped' || comparison !== undefined) return []
    const ref = 'recall' in member ? member.ref : member.loaded.info.ref
    return ref.variant === undefined ? [] : [{ info, ref, files: member.stored.files }]
  })
  if (variants.length < 2) return ended
  const { compareVariants } = await import('./comparing.ts')
  // What keeps them from being compared is no fault of theirs; `compare` says what it is.
  const comparisons = await compareVariants(variants).catch(() => new Map<string, Comparison>())
  for (const [id, comparison] of comparisons) {
    const files = experiments.find(({ info }) => info.experimentId === id)?.stored.files
    if (files !== undefined) writeComparison(files.comparison, comparison)
  }
  return ended.map((experiment) => {
    const comparison = comparisons.get(experiment.info.experimentId)
    return comparison === undefined ? experiment : { ...experiment, comparison }
  })
}

/** Waits for deliveries, and says what all of it came to. */
async function conclude(ran: readonly EndedExperiment[], notRun: number, ports: GroupPorts): Promise<EndedGroup> {
  const { deliverer, stop, allowUndelivered, exitZero } = ports
  const deliveries = await deliverer?.drain()
  const end = stop.reason
  const experiments = ran.map((experiment) => {
    const delivery = deliveries?.get(experiment.info.experimentId)
    return delivery === undefined ? experiment : { ...experiment, delivery }
  })
  const options = { allowUndelivered, exitZero, ...(end?.kind === 'signal' ? { signal: end.signal } : {}) }
  const named = experiments.map((experiment) => ({ ...experiment.info, ...experiment }))
  const exitCode = combineExitCodes(experiments.map((experiment) => exitCodeOf(experiment, options)))
  const isForgiven = exitCode === 0 && experiments.some(({ outcome }) => outcome.status === 'failed')
  return {
    exitCode,
    ...(isForgiven ? { isForgiven } : {}),
    experiments,
    lastLine: lastLine(named, { ...options, notRun }),
    ...(end === undefined ? {} : { end }),
  }
}

interface RanExperiment {
  readonly conducted: Conducted
  readonly delivered: DeliveredRun
}

async function runOne(experiment: StoredPlan, ports: GroupPorts, anyTaskStarted: boolean): Promise<RanExperiment> {
  const { info, plan, loaded, options, stored, begun, against } = experiment
  const executor = loaded.module.open({
    ref: loaded.info.ref,
    experimentId: experiment.experimentId,
    config: options.config,
    evaluators: loaded.info.evaluators,
    threads: threadLimits(options.values),
    ...(experiment.check?.origin === undefined ? {} : { origin: experiment.check.origin }),
  })
  const { maxErrors, stopWhenCertain } = options.values
  const verdict = { maxErrors, stopWhenCertain, thresholds: loaded.info.thresholds }
  const { log, reader } = stored
  const delivered = followRun({
    begin: () => ports.deliverer?.begin(experiment),
    tell: ports.tell,
    isIterable: loaded.info.dataset.kind === 'iterable',
    isLate: begun?.isPushedLate ?? false,
  })
  const taskStartedBefore = anyTaskStarted || begun !== undefined
  const records = loaded.info.redacts === true ? { records: () => readFromDataset(loaded, reader) } : {}
  const conducted = await conduct(
    {
      info,
      plan,
      executor,
      log,
      reader,
      ...records,
      verdict,
      taskStartedBefore,
      ...(begun === undefined ? {} : { begun }),
      ...(against === undefined ? {} : { compare: () => compareAndKeep(experiment, against) }),
    },
    { ...ports, tell: ports.deliverer === undefined ? ports.tell : delivered.tell },
  )
  return { conducted, delivered }
}

async function compareAndKeep({ info, stored: { files } }: StoredPlan, against: BaselinePlan): Promise<ComparedRun> {
  const { compareWithBaseline } = await import('./comparing.ts')
  const compared = await compareWithBaseline({ info, files }, against)
  writeComparison(files.comparison, compared.comparison)
  return compared
}

/** Brings the stored experiment to its end. A store that fails here makes the outcome its own. */
function finish(experiment: StoredPlan, conducted: Conducted, delivered: DeliveredRun): Outcome {
  const { stored, manifest } = experiment
  const { outcome, view, taskStarted } = conducted
  const isKept = taskStarted || outcome.exitCode !== 2 || experiment.begun !== undefined
  if (isKept) delivered.ended()
  else delivered.discarded(outcome)
  try {
    if (isKept) {
      const finishedAt = new Date().toISOString()
      stored.finish({ ...manifest, state: { status: 'finished', outcome, rows: view.summary().rows, finishedAt } })
    } else stored.discard()
    return outcome
  } catch (error) {
    const reason = endReasonOf(error, 'E_STORE_WRITE')
    return { status: 'stopped', exitCode: 5, reason, failures: outcome.status === 'passed' ? [] : outcome.failures }
  }
}
