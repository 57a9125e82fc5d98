import type { GivenFlags } from '../config/given.ts'
import type { RunOptions } from '../config/options.ts'
import { createConsolePrinter } from '../reporters/console-printer.ts'
import { createProblemPrinter } from '../reporters/problem-printer.ts'
import type { CommandContext } from './command-context.ts'
import type { Ending } from './ending.ts'
import { startOptions } from './settings.ts'

/** The options of a command that runs no experiment; tells what is odd about where they come from. */
export async function readOptions(flags: GivenFlags, ending: Ending, context: CommandContext): Promise<RunOptions> {
  const { stderr } = context.screen
  const started = startOptions(flags, context)
  const printer = createConsolePrinter(stderr)
  const completing = started.complete({ ...context, ending, onConsole: printer.push }).finally(printer.finish)
  const { values } = await completing
  const problems = createProblemPrinter({ stderr, onlyErrors: values.quiet, all: values.debug })
  for (const problem of started.problems) await problems.print(problem)
  return values
}
