import { existsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { setFlagsFromString } from 'node:v8'
import { defaultStoreFolder } from '../backends/local/layout.ts'
import { openLocalStore } from '../backends/local/store.ts'
import { type GivenFlags, type ResolvedOptions, resolveForExperiment, resolveOptions } from '../config/resolve.ts'
import { findFiles } from '../load/find-files.ts'
import { createMultiplexer, type Multiplexer } from '../reporters/multiplexer.ts'
import { resolveReporters } from '../reporters/registry.ts'
import { type LoadedExperiment, loadModules } from '../session/load-modules.ts'
import { type PlannedExperiment, planExperiment } from '../session/plan-experiment.ts'
import type { CommandContext } from './command-context.ts'
import { createEnding, type Ending } from './ending.ts'

// Large outputs live just long enough to be taken for old; with its own growth factor V8 keeps three times as many of them.
const HEAP_GROWTH = '--heap-growing-percent=75'

/** `llmobs-exp run <file...>`: from what was asked for to an exit code. */
export async function run(patterns: readonly string[], flags: GivenFlags, context: CommandContext): Promise<number> {
  const options = resolveOptions(flags, context.env)
  const { quiet, debug, reporter } = options.values
  const files = await findFiles(patterns, context.currentFolder)
  const reporters = createMultiplexer(await resolveReporters(reporter, { screen: context.screen, quiet, debug }))
  const ending = createEnding()
  try {
    const preparing = prepare(files, options, { ...context, reporters, ending })
    // The engine is imported while the modules' threads start.
    const running = Promise.all([import('../session/run-group.ts'), import('./store-plans.ts')])
    const planned = await preparing
    const [{ runGroup }, { storePlans }] = await running
    const store = openLocalStore(options.values.store ?? defaultStoreFolder(context.currentFolder))
    const experiments = storePlans(planned, store, context)
    ending.begin()
    // Not before: with other flags than at its start Node compiles what it loads of itself anew, such as all of a thread.
    setFlagsFromString(HEAP_GROWTH)
    const outcome = await runGroup(experiments, { ...context, stop: ending.stop, tell: reporters.event })
    await reporters.finish(outcome)
    return outcome.exitCode
  } finally {
    await ending.close()
  }
}

interface RunTools extends CommandContext {
  readonly reporters: Multiplexer
  readonly ending: Ending
}

async function prepare(
  files: readonly string[],
  options: ResolvedOptions,
  tools: RunTools,
): Promise<PlannedExperiment[]> {
  try {
    return await planAll(await load(files, options, tools), options, tools)
  } catch (error) {
    throw tools.ending.explain(error)
  }
}

function load(files: readonly string[], options: ResolvedOptions, tools: RunTools): Promise<LoadedExperiment[]> {
  return loadModules(files, {
    only: options.values.only,
    cacheFolder: compileCacheFolder(tools.currentFolder),
    packageEntry: join(import.meta.dirname, '../index.js'),
    workers: tools.workers,
    onConsole: (chunk) => tools.reporters.console(chunk),
    onModule: tools.ending.addModule,
  })
}

/** Beside other tools' caches where there are some, so that it is ignored, kept by CI and thrown away as they are. */
function compileCacheFolder(currentFolder: string): string {
  for (let folder = currentFolder; folder !== dirname(folder); folder = dirname(folder)) {
    if (existsSync(join(folder, 'node_modules'))) return join(folder, 'node_modules', '.cache', 'llmobs-exp')
  }
  return join(tmpdir(), 'llmobs-exp')
}

/** One after another: experiments of one module share its thread. */
async function planAll(
  loaded: readonly LoadedExperiment[],
  options: ResolvedOptions,
  { ids }: CommandContext,
): Promise<PlannedExperiment[]> {
  const planned: PlannedExperiment[] = []
  for (const experiment of loaded) {
    planned.push(await planExperiment(experiment, resolveForExperiment(options, experiment.info), ids.experimentId()))
  }
  return planned
}
