import type { Command } from 'commander'
import type { CommandContext } from './command-context.ts'
import { EXPERIMENT, storeOption } from './command-parts.ts'

const COMPARED = `${EXPERIMENT}; a baseline file, git:<ref>[:<file>], or datadog:<id or commit>`

/** Commands that hold experiments against each other. */
export function addCompareCommands(
  program: Command,
  context: CommandContext,
  setExitCode: (code: number) => void,
): void {
  program
    .command('compare')
    .description('say what differs between two experiments, record by record, and whether it is more than chance')
    .argument('<baseline>', COMPARED)
    .argument('<candidate>', 'the same')
    .option('--json', 'as JSON on stdout')
    .addOption(storeOption())
    .action(async (baseline: string, candidate: string, flags) => {
      const { compare } = await import('./compare.ts')
      setExitCode(await compare({ baseline, candidate }, flags, context))
    })

  program
    .command('baseline')
    .description('keep what later experiments are held against')
    .helpCommand(false)
    .command('save')
    .description('write a small file that run --baseline takes, and that can be committed')
    .argument('<experiment...>', EXPERIMENT)
    .option('-o, --output <file>', 'where to (default: baseline.json)')
    .addOption(storeOption())
    .action(async (wanted: string[], flags) => {
      const { saveBaseline } = await import('./save-baseline.ts')
      setExitCode(await saveBaseline(wanted, flags, context))
    })
}
