import type { Argument, Command, Option } from 'commander'
import type { ConfigValues } from '../../src/config/option-kinds.ts'
import {
  configNames,
  environmentName,
  flagName,
  isOptionName,
  type OptionName,
  optionNames,
  runOptions,
} from '../../src/config/options.ts'
import { usage } from '../../src/config/render-options.ts'

/** How each kind of option is written in the config file. */
const configTypes: { readonly [K in keyof ConfigValues]: string } = {
  integer: 'a number',
  count: "a number, or `'auto'`",
  duration: "milliseconds, or a text such as `'30s'`",
  allowance: "a number, or a text such as `'1%'`",
  toggle: '`true` or `false`',
  text: 'a text',
  texts: 'a text, or an array of texts',
  backend: "`'local'` or `'datadog'`",
  tags: "`{ team: 'support' }`",
  filters: "`{ language: 'fr' }`",
  settings: "`{ model: 'large-2' }`",
}

/** All commands, one a line. */
export function renderSynopsis(program: Command): string {
  const lines = commandsOf(program).map((command) => [synopsisOf(command), command.description()] as const)
  const width = Math.max(...lines.map(([synopsis]) => synopsis.length))
  const text = lines.map(([synopsis, description]) => `${synopsis.padEnd(width)}    ${description}`)
  return ['```', ...text, `${program.name()} --help | --version`, '```'].join('\n')
}

/** A command that only has others is told of by these. */
export function commandsOf(program: Command): readonly Command[] {
  return program.commands.flatMap((command) => (command.commands.length === 0 ? [command] : command.commands))
}

/** @example 'dataset push' */
export function nameOf(command: Command): string {
  const { parent } = command
  return parent === null || parent.parent === null ? command.name() : `${parent.name()} ${command.name()}`
}

/** @example '`run <file...>`' */
export function headingOf(command: Command): string {
  return `\`${[nameOf(command), ...command.registeredArguments.map(writeArgument)].join(' ')}\``
}

function synopsisOf(command: Command): string {
  const options = command.options.length === 0 ? [] : ['[options]']
  return ['llmobs-exp', nameOf(command), ...command.registeredArguments.map(writeArgument), ...options].join(' ')
}

function writeArgument(argument: Argument): string {
  const name = argument.variadic ? `${argument.name()}...` : argument.name()
  return argument.required ? `<${name}>` : `[${name}]`
}

/** Arguments and options of one command. */
export function renderCommand(command: Command): string {
  const options = command.options.filter(({ hidden }) => !hidden)
  const hasAll = optionNames.every((name) => options.some((option) => option.attributeName() === name))
  const own = hasAll ? options.filter((option) => !isOptionName(option.attributeName())) : options
  const isRun = command.name() === 'run'
  return [
    sentence(command.description()),
    ...renderArguments(command.registeredArguments),
    ...(own.length === 0 ? [] : [renderOwnOptions(own)]),
    ...(hasAll && !isRun ? ['It takes all options of `run` too.'] : []),
    ...(hasAll && isRun ? [renderOptions()] : []),
  ].join('\n\n')
}

function renderArguments(args: readonly Argument[]): string[] {
  if (args.length === 0) return []
  const rows = args.map((argument) => `| ${code(writeArgument(argument))} | ${sentence(describeArgument(argument))} |`)
  return [['| Argument | Meaning |', '| --- | --- |', ...rows].join('\n')]
}

function describeArgument({ description, argChoices }: Argument): string {
  return `${description}${choices(argChoices)}`
}

function renderOwnOptions(options: readonly Option[]): string {
  const rows = options.map(({ flags, description, argChoices, envVar = '' }) => {
    const text = sentence(`${description}${choices(argChoices)}`)
    return `| ${code(flags)} | ${text} | ${envVar === '' ? '' : code(envVar)} |`
  })
  return ['| Option | Meaning | Environment |', '| --- | --- | --- |', ...rows].join('\n')
}

function choices(words: readonly string[] | undefined): string {
  return words === undefined ? '' : `: ${words.map(code).join(', ')}`
}

/** The options of `run` as a table for each group. */
export function renderOptions(): string {
  const groups = new Set(optionNames.map((name) => runOptions[name].group))
  return [...groups].map(renderGroup).join('\n\n')
}

function renderGroup(group: string): string {
  const names = optionNames.filter((name) => runOptions[name].group === group)
  const rows = names.map((name) => {
    const { description, defaultText = '', separator } = runOptions[name]
    const text = sentence(`${description}${separator === undefined ? '' : '; may be repeated'}`)
    return `| ${code(usage(name))} | ${text} | ${defaultText} | ${code(environmentName(name))} |`
  })
  return [
    `### ${group}`,
    '',
    '| Option | Meaning | Default | Environment |',
    '| --- | --- | --- | --- |',
    ...rows,
  ].join('\n')
}

/** Every option's three names, and how its value is written in two of the places. */
export function renderNames(): string {
  const rows = optionNames.map((name) =>
    [code(flagName(name)), code(environmentName(name)), inEnvironment(name), inConfig(name)].join(' | '),
  )
  return [
    '| Flag | Environment | Several values there | Config file |',
    '| --- | --- | --- | --- |',
    ...rows.map((row) => `| ${row} |`),
  ].join('\n')
}

function inEnvironment(name: OptionName): string {
  const { separator } = runOptions[name]
  return separator === undefined ? '' : separator === ',' ? 'commas between them' : 'a line each'
}

function inConfig(name: OptionName): string {
  return configNames.includes(name) ? `${code(name)}: ${configTypes[runOptions[name].kind]}` : 'cannot be set there'
}

/** With what Markdown would take for a tag, outside of code, escaped. */
function sentence(text: string): string {
  const escaped = text.replace(/`[^`]*`|</g, (match) => (match === '<' ? '\\<' : match))
  return `${escaped.charAt(0).toUpperCase()}${escaped.slice(1)}.`
}

/** A vertical bar would end the cell. */
function code(text: string): string {
  return `\`${text.replaceAll('|', '\\|')}\``
}
