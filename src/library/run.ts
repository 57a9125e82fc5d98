import process from 'node:process'
import { defaultStoreFolder } from '../backends/local/layout.ts'
import { openLocalStore } from '../backends/local/store.ts'
import type { CommandContext } from '../cli/command-context.ts'
import { describeDoubtfulKeys } from '../cli/doubtful-keys.ts'
import type { Ending } from '../cli/ending.ts'
import { planAll } from '../cli/prepare.ts'
import { startBackend } from '../cli/run-backend.ts'
import { createSecrets } from '../cli/secrets.ts'
import { storePlans } from '../cli/store-plans.ts'
import { createClock, createIds } from '../cli/system.ts'
import { readVersion } from '../cli/version.ts'
import type { ResolvedOptions } from '../config/resolve.ts'
import { selectExperiments } from '../load/select-experiments.ts'
import { fromErrorInfo } from '../model/error-info.ts'
import { LlmobsExpError } from '../model/errors.ts'
import type { RunEvent } from '../model/events.ts'
import type { PlannedExperiment } from '../session/plan-experiment.ts'
import { type EndedGroup, runGroup } from '../session/run-group.ts'
import { buildResult, type PlainResult } from './build-result.ts'
import { createRunEnding } from './ending.ts'
import { createEventFeed, type EventFeed } from './event-feed.ts'
import { loadInCode, pathOf } from './in-code.ts'
import { type RunExperimentOptions, resolveGiven } from './options.ts'
import { createConsole, createRunReporters, type RunReporters } from './reporting.ts'

export interface StartedRun {
  readonly result: Promise<PlainResult>
  events(): AsyncGenerator<RunEvent, void>
}

/** A definition, or the file of a module that exports some. */
export type RunSource = object | string | URL

type RunContext = Omit<CommandContext, 'screen' | 'workers' | 'addedToEnv'>

/** For all runs of this process: of two that begin in the same millisecond each has its own. */
const ids = createIds()

/** Runs experiments as the command does, without what belongs to a process: signals, exit code, `.env`, output of its own. */
export function startRun(source: RunSource, options: RunExperimentOptions): StartedRun {
  const feed = createEventFeed()
  const result = runSource(source, options, feed).then(buildResult).finally(feed.ended)
  return { result, events: feed.events }
}

async function runSource(source: RunSource, given: RunExperimentOptions, feed: EventFeed): Promise<EndedGroup> {
  const options = resolveGiven(given, process.env)
  const clock = createClock()
  const ending = createRunEnding(given.signal)
  const context: RunContext = {
    secrets: createSecrets(process.env),
    clock,
    ids,
    env: process.env,
    currentFolder: process.cwd(),
    version: readVersion(),
  }
  try {
    return await runWith({ source, given, options, ending, feed }, context)
  } finally {
    await ending.close()
    clock.close()
  }
}

interface Run {
  readonly source: RunSource
  readonly given: RunExperimentOptions
  readonly options: ResolvedOptions
  readonly ending: Ending
  readonly feed: EventFeed
}

async function runWith(run: Run, context: RunContext): Promise<EndedGroup> {
  const { options, ending } = run
  const reporters = await createRunReporters(options)
  const backend = startBackend(options, { ...context, ending })
  try {
    const planned = await plan(run, reporters, context)
    for (const problem of describeDoubtfulKeys(planned)) reporters.problem(problem)
    const deliverer = await backend.deliverer(reporters)
    if (backend.note !== undefined) reporters.note(backend.note)
    if (ending.stop.reason !== undefined) throw ending.explain(undefined)
    const store = openLocalStore(options.values.store ?? defaultStoreFolder(context.currentFolder))
    const members = storePlans(planned, store, context)
    const { allowUndelivered, exitZero, maxTime } = options.values
    ending.begin()
    const ended = await runGroup(members, {
      ...context,
      stop: ending.stop,
      tell(event, view) {
        run.feed.written(view.info.eventsFile)
        reporters.event(event, view)
      },
      mask: context.secrets.mask,
      allowUndelivered,
      exitZero,
      ...(maxTime === undefined ? {} : { maxTime }),
      ...(deliverer === undefined ? {} : { deliverer }),
    })
    await reporters.finish(ended)
    refuseUnbegun(ended)
    return ended
  } finally {
    await backend.close()
  }
}

async function plan(run: Run, reporters: RunReporters, context: RunContext): Promise<PlannedExperiment[]> {
  const { source, given, options, ending } = run
  if (typeof source === 'string' || source instanceof URL) {
    if (options.values.threads === 0) throw needsThread()
    const { planFile } = await import('./in-file.ts')
    const onConsole = createConsole(reporters)
    return planFile(pathOf(source, context.currentFolder), options, { ...context, ending, onConsole })
  }
  try {
    const loaded = await loadInCode(source, given.file, context.currentFolder)
    for (const { module } of loaded.slice(0, 1)) ending.addModule(module)
    return await planAll(selectExperiments(loaded, options.values.only), options, context)
  } catch (error) {
    throw ending.explain(error)
  }
}

/** In this process its console and its exit would be those of whoever calls. */
function needsThread(): LlmobsExpError {
  const hint = 'to run its code in this process, import the definition and hand it over'
  return new LlmobsExpError('E_OPTION', 'threads: expected at least 1 for a file, got 0', { hint })
}

/** What no task was started of has no result: what was wrong is thrown, as where that is known before. */
function refuseUnbegun({ experiments }: EndedGroup): void {
  const [first] = experiments
  if (first === undefined || experiments.some(({ outcome }) => outcome.exitCode !== 2)) return
  const { outcome } = first
  if (outcome.status === 'stopped' && 'error' in outcome.reason) throw fromErrorInfo(outcome.reason.error)
}
