import type { PrepareTools } from '../cli/prepare.ts'
import { prepare } from '../cli/prepare.ts'
import type { ResolvedOptions } from '../config/resolve.ts'
import { findFiles } from '../load/find-files.ts'
import { createWorkers } from '../session/executors/workers.ts'
import type { PlannedExperiment } from '../session/plan-experiment.ts'

/**
 * Plans the experiments of a module, whose code runs in a thread of its own.
 * @throws LlmobsExpError for whatever keeps any of them from being run
 */
export async function planFile(
  path: string,
  options: ResolvedOptions,
  tools: Omit<PrepareTools, 'workers'>,
): Promise<PlannedExperiment[]> {
  const files = await findFiles([path], tools.currentFolder)
  return prepare(files, options, { ...tools, workers: createWorkers(), tracesConsole: options.values.debug })
}
