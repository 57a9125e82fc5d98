import type { Command } from 'commander'
import { addOptions } from '../config/render-options.ts'
import type { GivenFlags } from '../config/resolve.ts'
import type { CommandContext } from './command-context.ts'

/** `dataset push`, `pull` and `list`. */
export function addDatasetCommands(
  program: Command,
  context: CommandContext,
  setExitCode: (code: number) => void,
): void {
  const group = program.command('dataset').description('bring datasets to Datadog and back').helpCommand(false)

  const pushCommand = group
    .command('push')
    .description('make a dataset at Datadog the same as a file')
    .argument('<file>', 'records: .jsonl, .json or .csv, also packed with gzip')
    .option('--name <name>', 'name of the dataset at Datadog, made where there is none; required')
    .action(async (file: string, flags: GivenFlags) => {
      const { datasetPush } = await import('./dataset.ts')
      setExitCode(await datasetPush(file, flags, context))
    })
  addOptions(pushCommand, ['project', 'dotenv'])

  const pullCommand = group
    .command('pull')
    .description('write a dataset at Datadog to a file of JSON Lines')
    .argument('<name>', 'name of the dataset at Datadog')
    .option('-o, --output <path>', 'the file, or - for stdout; required')
    .option('--version <n>', 'which version (default: the newest)')
    .option('--tag <key:value>', 'only records with one of these tags; may be repeated', collect)
    .option('--force', 'replace a file that is there')
    .action(async (name: string, flags: GivenFlags) => {
      const { datasetPull } = await import('./dataset.ts')
      setExitCode(await datasetPull(name, flags, context))
    })
  addOptions(pullCommand, ['project', 'dotenv'])

  const listCommand = group
    .command('list')
    .description('list the datasets of a project at Datadog, newest first')
    .option('--json', 'as JSON on stdout')
    .action(async (flags: GivenFlags) => {
      const { datasetList } = await import('./dataset.ts')
      setExitCode(await datasetList(flags, context))
    })
  addOptions(listCommand, ['project', 'dotenv'])
}

function collect(value: string, previous: string[] = []): string[] {
  return [...previous, value]
}
