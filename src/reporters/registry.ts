import { resolve } from 'node:path'
import { LlmobsExpError } from '../model/errors.ts'
import type { Reporter } from '../model/ports.ts'
import { suggest } from '../model/suggest.ts'
import { canDrawLiveArea } from '../terminal/live-area.ts'
import { sanitize } from '../terminal/sanitize.ts'
import { isGithubActions } from '../terminal/workflow-commands.ts'
import { documentNames, isDocumentName } from './document-names.ts'
import { createLastLine } from './last-line.ts'
import { type Output, sinkOutput } from './output.ts'
import { createPlainReporter } from './plain.ts'
import { createTerminalReporter, type TerminalOptions } from './terminal.ts'

/** How files of other names than their format's end. */
const extensions: { readonly [name: string]: string } = { junit: 'xml', markdown: 'md' }

/** Names that `--reporter` takes. */
export const reporterNames = ['terminal', 'plain', 'json', 'ndjson', ...documentNames, 'github'] as const

type ReporterName = (typeof reporterNames)[number]
/** Those that write a document or a stream, to stdout or to a file. */
type MachineName = Exclude<ReporterName, 'terminal' | 'plain' | 'github'>

type ReporterSpec =
  | { readonly name: Exclude<ReporterName, 'github'>; readonly target: 'stdout' }
  | { readonly name: 'github'; readonly target: 'runner' }
  | { readonly name: MachineName; readonly target: 'file'; readonly path: string }

export interface ReportersOptions extends TerminalOptions {
  /** Where the specs come from, for messages. @default '--reporter' */
  readonly origin?: string
  /** Whether in GitHub Actions there is one for its runner too. @default false */
  readonly github?: boolean
}

/**
 * Makes the reporters that were asked for with `name` or `name=path`. The last of them always writes the last line of stderr, and
 * one before it tells people on stderr how it goes. Without specs: `terminal` on a TTY, else `plain`.
 *
 * @throws E_OPTION for an unknown name, a path that cannot be written, or two reporters for stdout or for one file
 */
export async function resolveReporters(specs: readonly string[], options: ReportersOptions): Promise<Reporter[]> {
  const parsed = parseSpecs(specs, options.origin)
  if (parsed.every(isForRunner))
    parsed.push({ name: canDrawLiveArea(options.screen) ? 'terminal' : 'plain', target: 'stdout' })
  if (options.github === true && isGithubActions(options.screen.env) && !parsed.some(isForRunner))
    parsed.push({ name: 'github', target: 'runner' })
  const reporters: Reporter[] = []
  for (const spec of parsed) reporters.push(await createReporter(spec, options))
  const forMachines = reporters.filter(({ name }) => !isForPeople(name))
  const forPeople = reporters.filter(({ name }) => isForPeople(name))
  if (forPeople.length === 0) forPeople.push(createStderrReporter(options))
  // Those for people come last, so that they can still tell of a report that could not be written.
  return [...forMachines, ...forPeople, createLastLine(options.screen)]
}

/**
 * Refuses what `resolveReporters` would, and opens no file.
 * @throws E_OPTION for an unknown name, a path where none belongs, or two reporters for stdout or for one file
 */
export function checkReporters(specs: readonly string[], origin?: string): void {
  parseSpecs(specs, origin)
}

function parseSpecs(specs: readonly string[], origin = '--reporter'): ReporterSpec[] {
  const parsed = specs.map((spec) => parseSpec(spec, origin))
  checkTogether(parsed, origin)
  return parsed
}

function parseSpec(spec: string, origin: string): ReporterSpec {
  const at = spec.indexOf('=')
  const name = at === -1 ? spec : spec.slice(0, at)
  const known = reporterNames.find((candidate) => candidate === name)
  if (known === undefined) throw unknownName(name, origin)
  if (at === -1) return known === 'github' ? { name: known, target: 'runner' } : { name: known, target: 'stdout' }
  const path = spec.slice(at + 1)
  if (path === '') throw new LlmobsExpError('E_OPTION', `${origin} ${known}=: expected a path after the =, got nothing`)
  if (known === 'terminal' || known === 'plain' || known === 'github') {
    throw new LlmobsExpError('E_OPTION', `${origin} ${known}: expected no path, got ${JSON.stringify(path)}`)
  }
  return { name: known, target: 'file', path: resolve(path) }
}

function unknownName(name: string, origin: string): LlmobsExpError {
  const near = suggest(name, reporterNames)
  return new LlmobsExpError(
    'E_OPTION',
    `${origin}: expected one of ${reporterNames.join(', ')}, got ${JSON.stringify(name)}`,
    near === undefined ? {} : { hint: `did you mean ${near}?` },
  )
}

function checkTogether(specs: readonly ReporterSpec[], origin: string): void {
  const onStdout = specs.filter(({ target }) => target === 'stdout').map(({ name }) => name)
  if (onStdout.length > 1) {
    throw new LlmobsExpError('E_OPTION', `${origin}: expected one reporter for stdout, got ${onStdout.join(' and ')}`, {
      hint: `give one of them a file: --reporter ${fileExample(onStdout)}`,
    })
  }
  const paths = specs.flatMap((spec) => (spec.target === 'file' ? [spec.path] : []))
  const twice = paths.find((path, index) => paths.indexOf(path) !== index)
  if (twice !== undefined) {
    throw new LlmobsExpError('E_OPTION', `${origin}: expected a file for each reporter, got ${twice} twice`)
  }
}

/** @example 'json=report.json' */
function fileExample(names: readonly ReporterName[]): string {
  const name = names.find((candidate) => !isForPeople(candidate)) ?? 'json'
  return `${name}=report.${extensions[name] ?? name}`
}

async function createReporter(spec: ReporterSpec, options: TerminalOptions): Promise<Reporter> {
  if (spec.name === 'terminal') return createTerminalReporter(options)
  if (spec.name === 'plain') return createPlainReporter(options)
  if (spec.target === 'runner') return (await import('./documents.ts')).createGithubReporter(options.screen)
  const ownsStdout = spec.target === 'stdout'
  if (isDocumentName(spec.name)) {
    const { createDocument } = await import('./documents.ts')
    const output = spec.target === 'stdout' ? sinkOutput(options.screen.stdout, sanitize) : await openFile(spec.path)
    return createDocument(spec.name, { output, ownsStdout })
  }
  const output = spec.target === 'stdout' ? sinkOutput(options.screen.stdout) : await openFile(spec.path)
  if (spec.name === 'json') {
    const { createJsonReporter } = await import('./json.ts')
    return createJsonReporter({ output, ownsStdout })
  }
  const { createNdjsonReporter } = await import('./ndjson.ts')
  return createNdjsonReporter({ output, ownsStdout })
}

async function openFile(path: string): Promise<Output> {
  const { createFileOutput } = await import('./file-output.ts')
  return createFileOutput(path)
}

/** Tells people how it goes without touching stdout. */
function createStderrReporter(options: TerminalOptions): Reporter {
  return createPlainReporter({ ...options, ownsStdout: false })
}

function isForRunner({ name }: ReporterSpec): boolean {
  return name === 'github'
}

function isForPeople(name: string): boolean {
  return name === 'terminal' || name === 'plain'
}
