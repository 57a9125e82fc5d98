import type { Manifest } from '../backends/local/manifest.ts'
import type { StoredExperiment } from '../backends/local/store.ts'
import type { StopSwitch } from '../engine/stop.ts'
import { endReasonOf } from '../engine/stop.ts'
import type { RunEvent } from '../model/events.ts'
import type { Outcome } from '../model/outcome.ts'
import type { Clock, ExperimentInfo, ExperimentView, GroupOutcome, Ids } from '../model/ports.ts'
import { type Conducted, conduct } from './conduct.ts'
import { lastLine } from './last-line.ts'
import { combineExitCodes } from './outcome.ts'
import type { PlannedExperiment } from './plan-experiment.ts'

/** An experiment that has its place in the store. */
export interface StoredPlan extends PlannedExperiment {
  readonly info: ExperimentInfo
  readonly manifest: Manifest
  readonly stored: StoredExperiment
}

export interface GroupPorts {
  readonly clock: Clock
  readonly ids: Ids
  /** One for all experiments of the command. */
  readonly stop: StopSwitch
  readonly tell: (event: RunEvent, view: ExperimentView) => void
}

/** What a group came to, with what is known of each experiment that ran. */
export interface EndedGroup extends GroupOutcome {
  readonly experiments: readonly EndedExperiment[]
}

export interface EndedExperiment {
  readonly info: ExperimentInfo
  readonly outcome: Outcome
  readonly view: ExperimentView
}

/** Runs the experiments of one command one after another. What ends one early ends those after it, which stay planned. */
export async function runGroup(experiments: readonly StoredPlan[], ports: GroupPorts): Promise<EndedGroup> {
  const ended: EndedExperiment[] = []
  let taskStarted = false
  for (const experiment of experiments) {
    if (ports.stop.reason !== undefined && ended.length > 0) break
    const conducted = await runOne(experiment, ports, taskStarted)
    if (ports.stop.reason === undefined) await experiment.loaded.module.drain()
    taskStarted ||= conducted.taskStarted
    ended.push({ info: experiment.info, outcome: finish(experiment, conducted), view: conducted.view })
  }
  const notRun = experiments.slice(ended.length)
  // What never ran has nothing that could be gone on with, unless its group has.
  for (const { stored } of notRun) taskStarted ? stored.leave() : stored.discard()
  const outcomes = ended.map(({ outcome }) => outcome)
  const named = ended.map(({ info, outcome }) => ({ experimentId: info.experimentId, name: info.name, outcome }))
  return { exitCode: combineExitCodes(outcomes), experiments: ended, lastLine: lastLine(named, notRun.length) }
}

function runOne(experiment: StoredPlan, ports: GroupPorts, taskStartedBefore: boolean): Promise<Conducted> {
  const { info, plan, loaded, options, stored } = experiment
  const executor = loaded.module.open({
    ref: loaded.info.ref,
    experimentId: experiment.experimentId,
    config: options.config,
    evaluators: loaded.info.evaluators,
  })
  const verdict = { maxErrors: options.values.maxErrors, thresholds: loaded.info.thresholds }
  const { log, reader } = stored
  return conduct({ info, plan, executor, log, reader, verdict, taskStartedBefore }, ports)
}

/** Brings the stored experiment to its end. A store that fails here makes the outcome its own. */
function finish({ stored, manifest }: StoredPlan, { outcome, view, taskStarted }: Conducted): Outcome {
  try {
    if (!taskStarted && outcome.exitCode === 2) stored.discard()
    else {
      const finishedAt = new Date().toISOString()
      stored.finish({ ...manifest, state: { status: 'finished', outcome, rows: view.summary().rows, finishedAt } })
    }
    return outcome
  } catch (error) {
    const reason = endReasonOf(error, 'E_STORE_WRITE')
    return { status: 'stopped', exitCode: 5, reason, failures: outcome.status === 'passed' ? [] : outcome.failures }
  }
}
