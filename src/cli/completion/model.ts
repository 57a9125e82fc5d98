import type { Argument, Command, Option } from 'commander'
import type { Completion } from '../../config/option-kinds.ts'
import { isOptionName, runOptions } from '../../config/options.ts'

/** One option, as shells are told of it. */
export interface CompletedOption {
  /** `-j`; absent for most. */
  readonly short?: string
  /** `--jobs` */
  readonly long: string
  readonly description: string
  /** What stands for the value: `n`, `key=value`; absent for a switch. */
  readonly argument?: string
  readonly isRepeatable: boolean
  /** What is offered for the value; nothing where it can be anything. */
  readonly values?: Completion
}

export interface CompletedCommand {
  readonly name: string
  readonly description: string
  readonly options: readonly CompletedOption[]
  /** What is offered for its arguments. */
  readonly values?: Completion
}

/** The whole command line, as far as a shell can complete it. */
export interface CompletedProgram {
  readonly name: string
  readonly options: readonly CompletedOption[]
  readonly commands: readonly CompletedCommand[]
}

const HELP: CompletedOption = { short: '-h', long: '--help', description: 'print help', isRepeatable: false }

/** Words that arguments of experiments may be, beside ids. */
const experimentWords = ['latest']

export function describeProgram(program: Command): CompletedProgram {
  return {
    name: program.name(),
    options: [...describeOptions(program), HELP],
    commands: program.commands.map((command) => {
      const parts = command.commands
      const values =
        parts.length > 0 ? parts.map((part) => part.name()) : valuesOfArgument(command.registeredArguments[0])
      return {
        name: command.name(),
        description: command.description(),
        options: [...describeAll([command, ...parts]), HELP],
        ...(values === undefined ? {} : { values }),
      }
    }),
  }
}

/** Options of a command and its parts, each once. */
function describeAll(commands: readonly Command[]): CompletedOption[] {
  const options = commands.flatMap(describeOptions)
  return [...new Map(options.map((option) => [option.long, option])).values()]
}

function describeOptions(command: Command): CompletedOption[] {
  return command.options.filter(({ hidden }) => !hidden).map(describeOption)
}

function describeOption(option: Option): CompletedOption {
  const name = option.attributeName()
  const spec = isOptionName(name) ? runOptions[name] : undefined
  const values = option.argChoices ?? spec?.completion
  const [, argument] = /<(.+)>$/.exec(option.flags) ?? []
  return {
    long: option.long ?? option.flags,
    description: spec?.description ?? option.description,
    isRepeatable: spec?.separator !== undefined,
    ...(option.short === undefined ? {} : { short: option.short }),
    ...(argument === undefined ? {} : { argument }),
    ...(values === undefined ? {} : { values }),
  }
}

function valuesOfArgument(argument: Argument | undefined): Completion | undefined {
  if (argument === undefined) return undefined
  if (argument.argChoices !== undefined) return argument.argChoices
  if (/file|folder/.test(argument.name())) return 'file'
  return argument.name() === 'experiment' ? experimentWords : undefined
}
