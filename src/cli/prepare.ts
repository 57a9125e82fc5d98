import { type ResolvedOptions, resolveForExperiment } from '../config/resolve.ts'
import { selectExperiments } from '../load/select-experiments.ts'
import { type FileListener, useFiles } from '../load/used-files.ts'
import type { ConsoleChunk } from '../model/ports.ts'
import { addConditions } from '../session/add-conditions.ts'
import { type LoadedExperiment, loadModules } from '../session/load-modules.ts'
import { type PlannedExperiment, planExperiment } from '../session/plan-experiment.ts'
import { quarantineOf } from '../session/quarantine.ts'
import type { CommandContext } from './command-context.ts'
import { compileOptions } from './compile-options.ts'
import type { Ending } from './ending.ts'
import { readQuarantine } from './quarantine.ts'
import type { RecordChoice } from './watch-memory.ts'

export interface PrepareTools extends Pick<CommandContext, 'clock' | 'currentFolder' | 'ids' | 'workers'> {
  readonly ending: Ending
  readonly onConsole: (chunk: ConsoleChunk) => void
  /** Whether console output says which call it comes from. @default false */
  readonly tracesConsole?: boolean
  /** Whether user code runs in this process, without a thread. @default false */
  readonly isInProcess?: boolean
  /** Takes only these records, and experiments that have any. @default all, as the options say */
  readonly records?: RecordChoice | undefined
  /** Told of the files that modules and datasets are made from, before they are read, also where something is wrong with them. */
  readonly onFiles?: FileListener | undefined
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
      isInProcess: tools.isInProcess,
      ...(tools.tracesConsole === undefined ? {} : { tracesConsole: tools.tracesConsole }),
      onFiles: tools.onFiles,
    })
    // Should the options fail, that is what is told.
    loading.catch(() => {})
    const resolved = await options
    const experiments = selectExperiments(await loading, resolved.values.only)
    tools.onFiles?.(useFiles(new Set(experiments.flatMap(({ info }) => info.dataset.files ?? []))))
    return await planAll(experiments, resolved, tools)
  } catch (error) {
    throw tools.ending.explain(error)
  }
}

/** One after another: experiments of one module share its thread. */
export async function planAll(
  loaded: readonly LoadedExperiment[],
  options: ResolvedOptions,
  tools: Pick<PrepareTools, 'ids' | 'clock' | 'records' | 'currentFolder' | 'onFiles'>,
): Promise<PlannedExperiment[]> {
  const { ids, clock, records } = tools
  const quarantine = readQuarantine(options, tools)
  const planned: PlannedExperiment[] = []
  for (const experiment of addConditions(loaded, options)) {
    const own = resolveForExperiment(options, experiment.info)
    const record = records === undefined ? own.values.record : records.get(experiment.info.name)
    if (record === undefined) continue
    const { records: quarantined, ended } = quarantineOf(quarantine, experiment.info.name, clock.now())
    const chosen = { ...own, values: { ...own.values, record }, quarantine: quarantined, endedQuarantine: ended }
    planned.push(await planExperiment(experiment, chosen, ids.experimentId()))
  }
  return planned
}
