import { environmentName, flagName, type OptionName, optionNames, runOptions } from './options.ts'

/** The part of commander's `Command` that options are added through. */
export interface OptionTarget {
  optionsGroup(heading: string): unknown
  option(flags: string, description: string): unknown
  option(flags: string, description: string, collect: Collect): unknown
}

type Collect = (value: string, previous: string[] | undefined) => string[]

const collect: Collect = (value, previous) => [...(previous ?? []), value]

/** Tells a command its options. It only collects what was written; `resolveOptions` reads and checks it. */
export function addOptions(command: OptionTarget, names: readonly OptionName[] = optionNames): void {
  let group = ''
  for (const name of names) {
    const option = runOptions[name]
    if (option.group !== group) {
      group = option.group
      command.optionsGroup(`${group}:`)
    }
    if (option.separator === undefined) command.option(usage(name), helpText(name))
    else command.option(usage(name), helpText(name), collect)
  }
}

/** @example usage('jobs') // '-j, --jobs <n>' */
export function usage(name: OptionName): string {
  const { short, argument } = runOptions[name]
  const flags = short === undefined ? flagName(name) : `-${short}, ${flagName(name)}`
  return argument === undefined ? flags : `${flags} <${argument}>`
}

function helpText(name: OptionName): string {
  const { description, defaultText } = runOptions[name]
  const notes = [...(defaultText === undefined ? [] : [`default: ${defaultText}`]), `env: ${environmentName(name)}`]
  return `${description}${repeatable(name)} (${notes.join(', ')})`
}

function repeatable(name: OptionName): string {
  return runOptions[name].separator === undefined ? '' : '; may be repeated'
}
