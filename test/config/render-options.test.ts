import { Command } from 'commander'
import { describe, expect, it } from 'vitest'
import { environmentName, flagName, optionNames, runOptions } from '../../src/config/options.ts'
import { addOptions } from '../../src/config/render-options.ts'
import { resolveOptions } from '../../src/config/resolve.ts'
import { renderOptions } from '../helpers/render-docs.ts'

function parse(...args: string[]): Record<string, unknown> {
  const command = new Command()
    .argument('<file...>')
    .exitOverride()
    .configureOutput({ outputError() {} })
  addOptions(command)
  return command.parse(['./a.ts', ...args], { from: 'user' }).opts()
}

describe('addOptions', () => {
  it('lets commander read what resolveOptions understands', () => {
    const flags = parse('-j', '5', '-n3', '-r2', '--only', 'a', '--only', 'b', '--raise-errors', '--max-errors', '5%')
    expect(resolveOptions(flags, {}).values).toMatchObject({
      jobs: 5,
      sampleSize: 3,
      runs: 2,
      only: ['a', 'b'],
      raiseErrors: true,
      maxErrors: { kind: 'share', percent: 5 },
    })
  })

  it('gives nothing for options that are not written, so that the environment can decide', () => {
    expect(parse()).toEqual({})
  })

  it('takes --no-push for a switch like any other', () => {
    expect(parse('--no-push')).toEqual({ noPush: true })
    expect(() => parse('--push')).toThrow(/unknown option '--push'/)
  })

  it('takes a negative value as a value, to be refused by name', () => {
    expect(() => resolveOptions(parse('--jobs', '-1'), {})).toThrow(/^--jobs: expected .*, got "-1"$/)
  })

  it('adds only the options it is asked for', () => {
    const command = new Command()
    addOptions(command, ['store', 'debug'])
    expect(command.options.map((option) => option.long)).toEqual(['--store', '--debug'])
  })

  it('says of options that stay as they were that they do, in place of a default', () => {
    const command = new Command().configureHelp({ helpWidth: 1000 })
    addOptions(command, ['jobs', 'maxTime', 'pushTimeout'], { kept: ['jobs', 'maxTime'] })
    const help = command.helpInformation()
    expect(help.match(/default: [\w ]+/g)).toEqual(['default: as it was', 'default: as it was', 'default: 60s'])
  })

  it('shows every flag, default and environment name in the help', () => {
    const command = new Command().configureHelp({ helpWidth: 1000 })
    addOptions(command)
    const help = command.helpInformation()
    for (const name of optionNames) {
      expect(help).toContain(flagName(name))
      expect(help).toContain(`env: ${environmentName(name)}`)
    }
    expect(help).toContain('-j, --jobs <n>')
    expect(help).toContain('default: 10m')
    expect(help).toContain('How it runs:')
  })
})

describe('the option table', () => {
  it('has no flag, letter or environment name twice', () => {
    const shorts = optionNames.flatMap((name) => runOptions[name].short ?? [])
    expect(new Set(shorts).size).toBe(shorts.length)
    expect(new Set(optionNames.map(flagName)).size).toBe(optionNames.length)
    expect(new Set(optionNames.map(environmentName)).size).toBe(optionNames.length)
  })

  it('keeps the options of a group together', () => {
    const groups = optionNames.map((name) => runOptions[name].group)
    const changes = groups.filter((group, index) => group !== groups[index - 1])
    expect(changes).toEqual([...new Set(groups)])
  })

  it('describes itself as Markdown tables whose cells no bar breaks', () => {
    const rows = renderOptions()
      .split('\n')
      .filter((line) => line.startsWith('| `'))
    expect(rows.length).toBe(optionNames.length)
    for (const row of rows) expect(row.split(/(?<!\\)\|/).length).toBe(6)
  })
})
