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

/** The options as a Markdown table for each group, for `docs/cli.md`. */
export function renderOptionsMarkdown(): string {
  const groups = new Set(optionNames.map((name) => runOptions[name].group))
  return [...groups].map(renderGroup).join('\n\n')
}

function renderGroup(group: string): string {
  const names = optionNames.filter((name) => runOptions[name].group === group)
  const rows = names.map((name) => {
    const { description, defaultText = '' } = runOptions[name]
    const text = `${capitalize(description)}${repeatable(name)}.`
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

function usage(name: OptionName): string {
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

function capitalize(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`
}

/** A vertical bar would end the cell. */
function code(text: string): string {
  return `\`${text.replaceAll('|', '\\|')}\``
}
