import { type ResolvedOptions, resolveForExperiment } from '../config/resolve.ts'
import { selectExperiments } from '../load/select-experiments.ts'
import type { ConsoleChunk } from '../model/ports.ts'
import { type LoadedExperiment, loadModules } from '../session/load-modules.ts'
import { type PlannedExperiment, planExperiment } from '../session/plan-experiment.ts'
import type { CommandContext } from './command-context.ts'
import { compileOptions } from './compile-options.ts'
import type { Ending } from './ending.ts'

export interface PrepareTools extends Pick<CommandContext, 'currentFolder' | 'ids' | 'workers'> {
  readonly ending: Ending
  readonly onConsole: (chunk: ConsoleChunk) => void
}

/**
 * Everything that comes before the first task: loads the modules, picks their experiments, decides their options and reads
 * their datasets through where that can be done twice. The modules are left to `ending` to close.
 *
 * @param options may still be on their way: modules are loaded meanwhile
 * @throws LlmobsExpError for whatever keeps any of them from being run
 */
export async function prepare(
  files: readonly string[],
  options: ResolvedOptions | Promise<ResolvedOptions>,
  tools: PrepareTools,
): Promise<PlannedExperiment[]> {
  try {
    const loading = loadModules(files, {
      ...compileOptions(tools.currentFolder),
      onConsole: tools.onConsole,
      onModule: tools.ending.addModule,
      workers: tools.workers,
    })
    // Should the options fail, that is what is told.
    loading.catch(() => {})
    const resolved = await options
    const experiments = selectExperiments(await loading, resolved.values.only)
    return await planAll(experiments, resolved, tools)
  } catch (error) {
    throw tools.ending.explain(error)
  }
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
