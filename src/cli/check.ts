import { type GivenFlags, originOf } from '../config/resolve.ts'
import { findFiles } from '../load/find-files.ts'
import type { Problem } from '../model/events.ts'
import { createConsolePrinter } from '../reporters/console-printer.ts'
import { createProblemPrinter } from '../reporters/problem-printer.ts'
import { checkReporters } from '../reporters/registry.ts'
import { type ExaminedDataset, examineDataset } from '../session/examine.ts'
import type { PlannedExperiment } from '../session/plan-experiment.ts'
import { chooseBackend } from './backend-choice.ts'
import { renderFailure, renderReport } from './check-report.ts'
import { renderChecked, renderTotal } from './check-text.ts'
import type { CommandContext } from './command-context.ts'
import { describeDoubtfulKeys } from './doubtful-keys.ts'
import { createEnding } from './ending.ts'
import { prepare } from './prepare.ts'
import { startOptions } from './settings.ts'

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
    const { checked, quiet } = await checkAll(patterns, flags, context)
    if (isJson) await stdout.write(renderReport(checked, context))
    else if (!quiet) await stdout.write(await renderChecked(checked, context))
    await stdout.flush()
    await stderr.write(`${renderTotal(checked)}\n`)
    return 0
  } catch (error) {
    if (isJson) await stdout.write(renderFailure(error, context))
    throw error
  }
}

interface Checked {
  readonly checked: readonly CheckedExperiment[]
  readonly quiet: boolean
}

async function checkAll(patterns: readonly string[], flags: GivenFlags, context: CommandContext): Promise<Checked> {
  const started = startOptions(flags, context)
  checkReporters(started.given.values.reporter, originOf(started.given, 'reporter'))
  const files = await findFiles(patterns, context.currentFolder)
  const userConsole = createConsolePrinter(context.screen.stderr)
  const ending = createEnding()
  try {
    const tools = { ...context, ending, onConsole: userConsole.push }
    const completing = started.complete(tools)
    const planned = await prepare(files, completing, tools)
    const options = await completing
    chooseBackend(options, context.env)
    const { quiet, debug, reporter } = options.values
    checkReporters(reporter, originOf(options, 'reporter'))
    const problems = [...started.problems, ...describeDoubtfulKeys(planned)]
    const checked = await examineAll(planned, (problem) => void problems.push(problem))
    if (ending.stop.reason !== undefined) throw ending.explain(undefined)
    const printer = createProblemPrinter({ stderr: context.screen.stderr, onlyErrors: quiet, all: debug })
    for (const problem of problems) await printer.print(problem)
    return { checked, quiet }
  } catch (error) {
    throw ending.explain(error)
  } finally {
    await ending.close()
    await userConsole.finish()
  }
}

/** One after another: experiments of one module share its thread. */
async function examineAll(
  planned: readonly PlannedExperiment[],
  onProblem: (problem: Problem) => void,
): Promise<CheckedExperiment[]> {
  const checked: CheckedExperiment[] = []
  for (const experiment of planned) {
    checked.push({ planned: experiment, dataset: await examineDataset(experiment, onProblem) })
  }
  for (const module of new Set(planned.map(({ loaded }) => loaded.module))) await module.drain()
  return checked
}
