import { readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { pathToFileURL } from 'node:url'
import { renderError } from '../reporters/format/error.ts'
import { packageFolder } from './package-folder.ts'
import type { Secrets } from './secrets.ts'

export interface DefectPlace {
  readonly version: string
  readonly currentFolder: string
  readonly secrets: Secrets
  /** Whether tasks may have been started. */
  readonly hasBegun: boolean
}

/**
 * An error that this tool did not expect, as something to send on: what it needs to be found, and nothing that should not leave
 * the machine. Paths are shortened, secrets and the values of the command line are left out.
 */
export function renderDefect(error: unknown, place: DefectPlace): string {
  const text = shortenPaths(place.secrets.mask(renderError(error)), place.currentFolder)
  const address = reportAddress()
  const lines = [
    '',
    '  This is a defect of llmobs-exp, not of your experiment.',
    `    llmobs-exp ${place.version}, Node ${process.versions.node}, ${process.platform} ${process.arch}`,
    `    ${describeCommand(process.argv.slice(2))}`,
    `  please report it with the text above to the maintainers of llmobs-exp${address === '' ? '' : `: ${address}`}`,
    ...(place.hasBegun ? ['  What was written before is kept: llmobs-exp list'] : []),
  ]
  return `${text}${lines.join('\n')}\n`
}

/**
 * The command without its values, which may be anything.
 * @example describeCommand(['run', 'my.ts', '--config', 'key=x', '-j10']) // 'llmobs-exp run … --config … -j…'
 */
export function describeCommand(args: readonly string[]): string {
  const [command, ...rest] = args
  if (command === undefined) return 'llmobs-exp'
  const words = rest.map((word) => {
    const [, flag, value = ''] = /^(--[a-z][a-z-]*|-[a-zA-Z])(.*)$/s.exec(word) ?? []
    if (flag === undefined) return '…'
    return value === '' ? flag : `${flag}${value.startsWith('=') ? '=' : ''}…`
  })
  return ['llmobs-exp', /^-{0,2}[a-z]{1,20}$/.test(command) ? command : '…', ...words].join(' ')
}

/** The longest first: the package may lie in the current folder, and that in the home folder. */
function shortenPaths(text: string, currentFolder: string): string {
  const folders = [
    [packageFolder.replace(/\/$/, ''), 'llmobs-exp'],
    [currentFolder, '.'],
    [homedir(), '~'],
  ] as const
  return folders
    .filter(([path]) => path.length > 1)
    .toSorted(([a], [b]) => b.length - a.length)
    .reduce((left, [path, name]) => shorten(shorten(left, pathToFileURL(path).href, name), path, name), text)
}

function shorten(text: string, path: string, name: string): string {
  return text.replaceAll(`${path}/`, `${name}/`)
}

/** As package.json says; empty when it does not. */
function reportAddress(): string {
  const { bugs, repository } = JSON.parse(readFileSync(join(packageFolder, 'package.json'), 'utf8'))
  const found: unknown[] = [bugs, bugs?.url, bugs?.email, repository, repository?.url]
  const address = found.find((value) => typeof value === 'string')
  return typeof address === 'string' ? address.replace(/^git\+/, '').replace(/\.git$/, '') : ''
}
