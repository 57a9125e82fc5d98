import { Argument, Command, CommanderError, InvalidArgumentError, Option } from 'commander'
import { environmentName, type OptionName } from '../config/options.ts'
import { addOptions } from '../config/render-options.ts'
import type { GivenFlags } from '../config/resolve.ts'
import type { CommandContext } from './command-context.ts'
import { addDatasetCommands } from './dataset-commands.ts'
import { helpFormat, wrapList } from './help-format.ts'
import type { ListFlags } from './list.ts'
import { rowSelections } from './row-selections.ts'
import { type Shell, shells } from './shells.ts'
import { oneOf } from './usage-error.ts'

const DESCRIPTION = 'Runs LLM experiments: a dataset, a task, evaluators; with honest numbers, and nothing lost.'

const EXIT_CODES = `
Exit codes:
  0  complete and passed, and all of it accepted by the backend, where there is one
  1  complete, but rows have errors beyond --max-errors, a threshold is missed, or a summary evaluator failed
  2  nothing was run: usage, configuration, module, dataset or credentials
  3  complete and passed, but not everything was accepted by the backend
  4  ended early: planned rows are still pending
  5  the local store failed
  130, 143, 129  ended by SIGINT, SIGTERM, SIGHUP`

const EXPERIMENT =
  "an id, the beginning of one, latest, latest:<name>, a path, or the backend's id of it or the link to it there"

const STORE_VARIABLE = environmentName('store')

/** Told the exit code of the command that ran. */
export type SetExitCode = (code: number) => void

/** The command line. Commands are imported when they run, so that help costs nothing. */
export function createProgram(context: CommandContext, setExitCode: SetExitCode): Command {
  const program = new Command('llmobs-exp')
    .description(DESCRIPTION)
    .version(context.version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print help')
    .helpCommand(false)
    // Behind a command --version is an option of its own.
    .enablePositionalOptions()
    .showSuggestionAfterError()
    .exitOverride()
    // What it found is told as every other error is.
    .configureOutput({ outputError() {} })
    .configureHelp(helpFormat)
    .addHelpText('after', () => wrapList(EXIT_CODES, context.screen.stdout.columns))
    .hook('preAction', (_program, command) => findStore(command, context))

  const runCommand = program
    .command('run')
    .description('run the experiments of one or more modules')
    .argument('<file...>', 'modules (.ts, .mts, .cts, .js, .mjs, .cjs) or globs')
    .action(async (files: string[], flags: GivenFlags) => {
      const { run } = await import('./run.ts')
      setExitCode(await run(files, flags, context))
    })
  addRunOptions(runCommand)

  const checkCommand = program
    .command('check')
    .description('say what run would run with the same options, and what keeps it from that; calls no task')
    .argument('<file...>', 'modules (.ts, .mts, .cts, .js, .mjs, .cjs) or globs')
    .option('--json', 'as JSON on stdout')
    .action(async (files: string[], flags: GivenFlags) => {
      const { check } = await import('./check.ts')
      setExitCode(await check(files, flags, context))
    })
  addRunOptions(checkCommand)

  program
    .command('init')
    .description('write a first experiment that runs at once')
    .argument('[folder|file]', 'where: a folder, or a TypeScript file (default: experiments)')
    .option('--name <name>', 'name of the experiment (default: first-experiment)')
    .option('--template <kind>', 'offline: runs without a key; openai: asks a model (default: offline)')
    .option('-y, --yes', 'ask nothing, and take the defaults')
    .option('--force', 'replace files that are there')
    .action(async (path: string | undefined, flags) => {
      const { init } = await import('./init.ts')
      setExitCode(await init(path, flags, context))
    })

  program
    .command('list')
    .description('list the experiments of the local store, newest first; with --remote those at the backend')
    .option('--remote', 'list the experiments of a project at the backend')
    .option('--name <name>', 'with --remote: only experiments of this name, with the variant')
    .option('--tag <key:value>', 'with --remote: only experiments with this tag (repeatable)', collect)
    .option('--commit <sha>', 'with --remote: only experiments of this git commit')
    .option('--project <name>', 'with --remote: project at the backend')
    .option('--limit <n>', 'with --remote: how many at most (default: 20)')
    .option('--json', 'with --remote: as JSON on stdout')
    .addOption(storeOption())
    .action(async (flags: ListFlags) => {
      const { list } = await import('./list.ts')
      setExitCode(await list(flags, context))
    })

  program
    .command('show')
    .description('show a stored experiment again')
    .argument('<experiment>', EXPERIMENT)
    .addOption(choiceOption('--rows <which>', 'print rows', rowSelections))
    .option('--reporter <name[=path]>', 'how it is told: terminal, plain, json or ndjson (repeatable)', collect)
    .addOption(storeOption())
    .action(async (wanted: string, flags) => {
      const { show } = await import('./show.ts')
      setExitCode(await show(wanted, flags, context))
    })

  const resumeCommand = program
    .command('resume')
    .description('go on with a command that ended early: runs what is left of all its experiments')
    .argument('<experiment>', 'any of them: an id, the beginning of one, latest, latest:<name>, or a path')
    .option('--retry-errors', 'run rows with errors and timeouts again too, and evaluators that failed')
    .option('--retry-poison', 'run rows again too with which the process ended three times')
    .option('--allow-changed', 'go on although the dataset or the config has changed')
    .option('--unlock', 'take over from a process on another machine that is gone for good')
    .action(async (wanted: string, flags: GivenFlags) => {
      const { resume } = await import('./resume.ts')
      setExitCode(await resume(wanted, flags, context))
    })
  addOptions(resumeCommand, resumeOptionNames)
  resumeCommand.addHelpText('after', '\nOptions that are not given stay as they were when the command was run.')

  const pushCommand = program
    .command('push')
    .description('push stored experiments: whatever the backend has not accepted yet')
    .argument('[experiment]', EXPERIMENT)
    .option('--all', 'all experiments of the local store')
    .option('--dry-run', 'say what would be sent, and send nothing')
    .action(async (wanted: string | undefined, flags: GivenFlags) => {
      const { push } = await import('./push.ts')
      setExitCode(await push(wanted, flags, context))
    })
  addOptions(pushCommand, ['restamp', 'pushTimeout', 'quiet', 'store', 'dotenv'])

  addDatasetCommands(program, context, setExitCode)
  const pullCommand = program
    .command('pull')
    .description('pull an experiment from the backend into the local store')
    .argument('<experiment-id>', "the backend's id of it, or the link to it there")
    .option('--force', 'pull it anew where it was pulled before, and replace that')
    .action(async (wanted: string, flags: GivenFlags) => {
      const { pull } = await import('./pull.ts')
      setExitCode(await pull(wanted, flags, context))
    })
  addOptions(pullCommand, ['quiet', 'store', 'dotenv'])

  program
    .command('prune')
    .description('remove old experiments from the local store')
    .option('--keep <n>', 'how many of the newest experiments of each name stay; required')
    .option('--name <experiment>', 'only experiments of this name; of a definition, all its variants')
    .option('--dry-run', 'say what would be removed, and remove nothing')
    .addOption(storeOption())
    .action(async (flags) => {
      const { prune } = await import('./prune.ts')
      setExitCode(await prune(flags, context))
    })

  const doctorCommand = program
    .command('doctor')
    .description('say whether everything is as it should be, and what run would use and from where')
    .argument('[file]', 'a module, to see what its definitions say too')
    .option('--json', 'as JSON on stdout')
    .action(async (module: string | undefined, flags: GivenFlags) => {
      const { doctor } = await import('./doctor.ts')
      setExitCode(await doctor(module, flags, context))
    })
  addRunOptions(doctorCommand)

  program
    .command('completion')
    .description('print a script with which a shell completes commands, options and their values')
    .addArgument(new Argument('<shell>', 'the shell').choices(shells).argParser(oneOf('completion', shells)))
    .action(async (shell: Shell) => {
      const { completion } = await import('./completion.ts')
      setExitCode(await completion(shell, program, context))
    })
  return program
}

/** What decides which rows there are, and what they are, stays as it was. */
const resumeOptionNames = [
  'only',
  'jobs',
  'evalJobs',
  'threads',
  'timeout',
  'evalTimeout',
  'maxRetries',
  'maxErrors',
  'raiseErrors',
  'maxIdenticalErrors',
  'maxTime',
  'config',
  'backend',
  'noPush',
  'requireBackend',
  'allowUndelivered',
  'pushTimeout',
  'restamp',
  'reporter',
  'quiet',
  'debug',
  'store',
  'dotenv',
] as const satisfies readonly OptionName[]

/** All options of `run`. Node keeps `--env-file` for itself; where it lets it through, it means `--dotenv`. */
function addRunOptions(command: Command): void {
  addOptions(command)
  command.addOption(new Option('--env-file <path>').hideHelp())
  command.on('option:env-file', (path: string) => command.setOptionValue('dotenv', path))
}

/** Commands that look into the store look where `run` would put it: the folder may be named in `.env` or the config file. */
async function findStore(command: Command, context: CommandContext): Promise<void> {
  const isStoreCommand = command.options.some(({ envVar }) => envVar === STORE_VARIABLE)
  if (!isStoreCommand) return
  const { resolveStore } = await import('./store-setting.ts')
  const flags = command.getOptionValueSource('store') === 'cli' ? command.opts() : {}
  command.setOptionValue('store', await resolveStore(flags, context))
}

function storeOption(): Option {
  return new Option('--store <dir>', 'folder of the local store').env(STORE_VARIABLE)
}

/** An option that takes one of a few words. */
function choiceOption(flags: string, description: string, words: readonly string[]): Option {
  const option = new Option(flags, description).choices(words)
  return option.argParser(oneOf(option.long ?? flags, words))
}

function collect(value: string, previous: string[] = []): string[] {
  if (value === '') throw new InvalidArgumentError('expected a value')
  return [...previous, value]
}

export { CommanderError }
