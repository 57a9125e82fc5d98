import { environmentName, flagName, type OptionName, optionNames, runOptions } from './options.ts'

/** The part of commander's `Command` that options are added through. */
export interface OptionTarget<O extends Negatable> {
  optionsGroup(heading: string): unknown
  option(flags: string, description: string, collect: Collect): unknown
  createOption(flags: string, description: string): O
  addOption(option: O): unknown
}

interface Negatable {
  negate: boolean
}

type Collect = (value: string, previous: string[] | undefined) => string[]

const AS_IT_WAS = 'as it was'

// A flag that stood alone before has left `true`.
const collect: Collect = (value, previous) => [...(Array.isArray(previous) ? previous : []), value]

/**
 * Tells a command its options. It only collects what was written; `resolveOptions` reads and checks it.
 * @param kept those that stay as they were where nothing is said, whatever their default is elsewhere
 */
export function addOptions<O extends Negatable>(
  command: OptionTarget<O>,
  names: readonly OptionName[] = optionNames,
  { kept = [] }: { readonly kept?: readonly OptionName[] } = {},
): void {
  let group = ''
  for (const name of names) {
    const option = runOptions[name]
    if (option.group !== group) {
      group = option.group
      command.optionsGroup(`${group}:`)
    }
    const defaultText = kept.includes(name) ? AS_IT_WAS : option.defaultText
    if (option.separator === undefined) addOption(command, name, defaultText)
    else command.option(usage(name), helpText(name, defaultText), collect)
  }
}

function addOption<O extends Negatable>(command: OptionTarget<O>, name: OptionName, defaultText?: string): void {
  const option = command.createOption(usage(name), helpText(name, defaultText))
  // Commander takes `--no-x` for the opposite of an `--x` that is on by itself.
  option.negate = false
  command.addOption(option)
}

/** @example usage('jobs') // '-j, --jobs <n>' */
export function usage(name: OptionName): string {
  const { short, argument, isValueOptional = false } = runOptions[name]
  const flags = short === undefined ? flagName(name) : `-${short}, ${flagName(name)}`
  if (argument === undefined) return flags
  return isValueOptional ? `${flags} [${argument}]` : `${flags} <${argument}>`
}

function helpText(name: OptionName, defaultText: string | undefined): string {
  const { description } = runOptions[name]
  const notes = [...(defaultText === undefined ? [] : [`default: ${defaultText}`]), `env: ${environmentName(name)}`]
  return `${description}${repeatable(name)} (${notes.join(', ')})`
}

function repeatable(name: OptionName): string {
  return runOptions[name].separator === undefined ? '' : '; may be repeated'
}
