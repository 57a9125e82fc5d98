import { type GivenFlags, type ResolvedOptions, resolveOptions } from '../config/resolve.ts'
import { findFiles } from '../load/find-files.ts'
import { createConsolePrinter } from '../reporters/console-printer.ts'
import { checkReporters } from '../reporters/registry.ts'
import { type ExaminedDataset, examineDataset } from '../session/examine.ts'
import type { PlannedExperiment } from '../session/plan-experiment.ts'
import { renderFailure, renderReport } from './check-report.ts'
import { renderChecked, renderTotal } from './check-text.ts'
import type { CommandContext } from './command-context.ts'
import { createEnding } from './ending.ts'
import { prepare } from './prepare.ts'

/** An experiment that could be run as it is. */
export interface CheckedExperiment {
  readonly planned: PlannedExperiment
  readonly dataset: ExaminedDataset
}

/** `llmobs-exp check <file...>`: all that `run` does before its first task, and what it would run then. Writes nothing. */
export async function check(patterns: readonly string[], flags: GivenFlags, context: CommandContext): Promise<number> {
  const { stdout, stderr } = context.screen
  const isJson = flags.json === true
  try {
    const options = resolveOptions(flags, context.env)
    const checked = await checkAll(patterns, options, context)
    if (isJson) await stdout.write(renderReport(checked, context))
    else if (!options.values.quiet) await stdout.write(await renderChecked(checked, context))
    await stderr.write(`${renderTotal(checked)}\n`)
    return 0
  } catch (error) {
    if (isJson) await stdout.write(renderFailure(error))
    throw error
  }
}

async function checkAll(
  patterns: readonly string[],
  options: ResolvedOptions,
  context: CommandContext,
): Promise<CheckedExperiment[]> {
  checkReporters(options.values.reporter)
  const files = await findFiles(patterns, context.currentFolder)
  const userConsole = createConsolePrinter(context.screen.stderr)
  const ending = createEnding()
  try {
    const planned = await prepare(files, options, { ...context, ending, onConsole: userConsole.push })
    const checked = await examineAll(planned)
    if (ending.stop.reason !== undefined) throw ending.explain(undefined)
    return checked
  } catch (error) {
    throw ending.explain(error)
  } finally {
    await ending.close()
    await userConsole.finish()
  }
}

/** One after another: experiments of one module share its thread. */
async function examineAll(planned: readonly PlannedExperiment[]): Promise<CheckedExperiment[]> {
  const checked: CheckedExperiment[] = []
  for (const experiment of planned) checked.push({ planned: experiment, dataset: await examineDataset(experiment) })
  for (const module of new Set(planned.map(({ loaded }) => loaded.module))) await module.drain()
  return checked
}
