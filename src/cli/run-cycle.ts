import { defaultStoreFolder } from '../backends/local/layout.ts'
import { openLocalStore } from '../backends/local/store.ts'
import type { ResolvedOptions } from '../config/resolve.ts'
import { findFiles } from '../load/find-files.ts'
import { type FileListener, useFiles } from '../load/used-files.ts'
import type { PlannedExperiment } from '../session/plan-experiment.ts'
import type { EndedGroup } from '../session/run-group.ts'
import type { CommandContext } from './command-context.ts'
import { type ConsoleRelay, createConsoleRelay } from './console-relay.ts'
import { createReporters } from './create-reporters.ts'
import { describeDoubtfulKeys } from './doubtful-keys.ts'
import type { Ending } from './ending.ts'
import { prepare } from './prepare.ts'
import { type RunBackend, startBackend } from './run-backend.ts'
import type { StartedOptions } from './settings.ts'
import type { RecordChoice } from './watch-memory.ts'

/** One pass from modules to outcomes: all of `run`, and each turn of `run --watch`. */
export interface Cycle {
  readonly patterns: readonly string[]
  readonly settings: StartedOptions
  /** Is left to the caller to close. */
  readonly ending: Ending
  /** Takes only these records, and experiments that have any. */
  readonly records?: RecordChoice
  /** Told of the files that it is made from. */
  readonly onFiles?: FileListener
  /** Whether one came before it that has said what is always the same. @default false */
  readonly isRepeated?: boolean
  /** Called when options and reporters stand, before anything is printed. What it throws ends the cycle. */
  readonly onReady?: (options: ResolvedOptions) => void
}

/** @throws LlmobsExpError for whatever keeps any experiment from being run */
export async function runCycle(cycle: Cycle, context: CommandContext): Promise<EndedGroup> {
  const { patterns, settings, ending, records, onFiles } = cycle
  const files = await findFiles(patterns, context.currentFolder)
  onFiles?.(useFiles(files))
  const relay = createConsoleRelay()
  const { debug, threads } = settings.given.values
  const code = { onConsole: relay.write, tracesConsole: debug, isInProcess: threads === 0 }
  const tools = { ...context, ...code, ending, records, onFiles }
  const completing = settings.complete(tools)
  const preparing = prepare(files, completing, tools)
  // Both fail where the options do, and only one of them is awaited then.
  preparing.catch(() => {})
  // The engine is imported while the modules' threads start.
  const running = Promise.all([import('./run-members.ts'), import('./store-plans.ts')])
  const options = await completing
  const backend = startBackend(options, tools)
  try {
    return await runPrepared({ ...cycle, options, backend, preparing, running, relay }, context)
  } finally {
    await backend.close()
  }
}

interface PreparedCycle extends Cycle {
  readonly options: ResolvedOptions
  readonly backend: RunBackend
  readonly preparing: Promise<PlannedExperiment[]>
  readonly running: Promise<[typeof import('./run-members.ts'), typeof import('./store-plans.ts')]>
  readonly relay: ConsoleRelay
}

async function runPrepared(cycle: PreparedCycle, context: CommandContext): Promise<EndedGroup> {
  const { settings, ending, options, backend, relay, isRepeated = false } = cycle
  const reporters = await createReporters(options, context)
  cycle.onReady?.(options)
  relay.connect(reporters.console)
  for (const problem of settings.problems) reporters.problem(problem)
  const planned = await cycle.preparing
  for (const problem of describeDoubtfulKeys(planned)) reporters.problem(problem)
  const deliverer = await backend.deliverer(reporters)
  // Not of a command that was refused: then what to fix is all there is to say.
  if (backend.note !== undefined && !isRepeated) reporters.note(backend.note)
  const [{ runMembers }, { storePlans }] = await cycle.running
  const store = openLocalStore(options.values.store ?? defaultStoreFolder(context.currentFolder))
  const members = storePlans(planned, store, context)
  return runMembers({ members, ending, reporters, deliverer, options: options.values }, context)
}
