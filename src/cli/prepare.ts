import { existsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { type ResolvedOptions, resolveForExperiment } from '../config/resolve.ts'
import type { ConsoleChunk } from '../model/ports.ts'
import { type LoadedExperiment, loadModules } from '../session/load-modules.ts'
import { type PlannedExperiment, planExperiment } from '../session/plan-experiment.ts'
import type { CommandContext } from './command-context.ts'
import type { Ending } from './ending.ts'

export interface PrepareTools extends Pick<CommandContext, 'currentFolder' | 'ids' | 'workers'> {
  readonly ending: Ending
  readonly onConsole: (chunk: ConsoleChunk) => void
}

/**
 * Everything that comes before the first task: loads the modules, picks their experiments, decides their options and reads
 * their datasets through where that can be done twice. The modules are left to `ending` to close.
 *
 * @throws LlmobsExpError for whatever keeps any of them from being run
 */
export async function prepare(
  files: readonly string[],
  options: ResolvedOptions,
  tools: PrepareTools,
): Promise<PlannedExperiment[]> {
  try {
    return await planAll(await load(files, options, tools), options, tools)
  } catch (error) {
    throw tools.ending.explain(error)
  }
}

function load(files: readonly string[], options: ResolvedOptions, tools: PrepareTools): Promise<LoadedExperiment[]> {
  return loadModules(files, {
    only: options.values.only,
    cacheFolder: compileCacheFolder(tools.currentFolder),
    packageEntry: join(import.meta.dirname, '../index.js'),
    workers: tools.workers,
    onConsole: tools.onConsole,
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
  { ids }: PrepareTools,
): Promise<PlannedExperiment[]> {
  const planned: PlannedExperiment[] = []
  for (const experiment of loaded) {
    planned.push(await planExperiment(experiment, resolveForExperiment(options, experiment.info), ids.experimentId()))
  }
  return planned
}
