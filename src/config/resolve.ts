import { LlmobsExpError } from '../model/errors.ts'
import type { Json } from '../model/json.ts'
import type { DefinitionInfo } from '../model/ports.ts'
import { applyConfig } from './apply-config.ts'
import {
  definitionOptions,
  environmentName,
  flagName,
  type OptionName,
  optionNames,
  type RunOptions,
  runOptions,
} from './options.ts'

/** Who decided a value; the first of these that says something wins. */
type OptionSource = 'flag' | 'environment' | 'definition' | 'default'

/** The options of one command, with who decided each. */
export interface ResolvedOptions {
  readonly values: RunOptions
  readonly sources: ReadonlyMap<OptionName, OptionSource>
}

/** The options of one experiment: the definition's values come in where neither a flag nor the environment decides. */
export interface ExperimentOptions extends ResolvedOptions {
  /** The definition's config with `--config` applied. */
  readonly config: Json
  /** The definition's tags with `--tag` applied. */
  readonly tags: { readonly [key: string]: string }
}

/** What the command line gave: option names to texts, lists of texts, or true, as commander's `opts()` returns them. */
export type GivenFlags = { readonly [name: string]: unknown }

/** Environment variables. */
export type Environment = { readonly [name: string]: string | undefined }

type Draft = { -readonly [K in OptionName]?: RunOptions[K] }

/**
 * Reads and checks every option: flag, else environment variable, else default.
 *
 * @throws LlmobsExpError E_OPTION that names the flag or variable, what was expected and what was got
 */
export function resolveOptions(flags: GivenFlags, env: Environment): ResolvedOptions {
  const values: Draft = {}
  const sources = new Map<OptionName, OptionSource>()
  for (const name of optionNames) {
    const given = fromFlag(flags, name) ?? fromEnvironment(env, name)
    set(values, name, given === undefined ? runOptions[name].default : read(name, given))
    sources.set(name, given?.source ?? 'default')
  }
  if (!isComplete(values)) throw new LlmobsExpError('E_INTERNAL', 'an option was left without a value')
  refuseLoneSeed(values, sources)
  return { values, sources }
}

/** The options of one experiment of the command. The command's own are not changed. */
export function resolveForExperiment(options: ResolvedOptions, definition: DefinitionInfo): ExperimentOptions {
  const decided: { -readonly [K in (typeof definitionOptions)[number]]?: number } = {}
  const sources = new Map(options.sources)
  for (const name of definitionOptions) {
    const value = definition[name]
    if (value === undefined || sources.get(name) !== 'default') continue
    decided[name] = value
    sources.set(name, 'definition')
  }
  return {
    values: { ...options.values, ...decided },
    sources,
    config: applyConfig(definition.config, options.values.config, originOf(options, 'config')),
    tags: mergeTags(definition.tags, options.values.tag),
  }
}

interface Given {
  readonly source: 'flag' | 'environment'
  readonly origin: string
  readonly texts: readonly string[]
}

function fromFlag(flags: GivenFlags, name: OptionName): Given | undefined {
  const value = Object.hasOwn(flags, name) ? flags[name] : undefined
  if (value === undefined) return undefined
  const texts = Array.isArray(value) ? value.map(String) : [String(value)]
  return { source: 'flag', origin: flagName(name), texts }
}

/** A variable that is set but empty counts as not set, as CI systems leave them. */
function fromEnvironment(env: Environment, name: OptionName): Given | undefined {
  const origin = environmentName(name)
  const value = env[origin]
  if (value === undefined || value.trim() === '') return undefined
  const { separator } = runOptions[name]
  if (separator === undefined) return { source: 'environment', origin, texts: [value.trim()] }
  const texts = value.split(separator).map((text) => text.trim())
  return { source: 'environment', origin, texts: texts.filter((text) => text !== '') }
}

function read<K extends OptionName>(name: K, given: Given): RunOptions[K] {
  const { expected } = runOptions[name]
  return runOptions[name].read(given.texts, (text) => {
    throw new LlmobsExpError('E_OPTION', `${given.origin}: expected ${expected}, got ${JSON.stringify(text)}`)
  })
}

function set<K extends OptionName>(draft: Draft, name: K, value: RunOptions[K]): void {
  draft[name] = value
}

function isComplete(draft: Draft): draft is RunOptions {
  return optionNames.every((name) => Object.hasOwn(draft, name))
}

function refuseLoneSeed(values: RunOptions, sources: ReadonlyMap<OptionName, OptionSource>): void {
  if (sources.get('sampleSeed') !== 'flag' || values.sampleSize !== undefined) return
  throw new LlmobsExpError('E_OPTION', '--sample-seed: expected --sample-size beside it, got --sample-seed alone')
}

function originOf(options: ResolvedOptions, name: OptionName): string {
  return options.sources.get(name) === 'environment' ? environmentName(name) : flagName(name)
}

function mergeTags(tags: DefinitionInfo['tags'], given: RunOptions['tag']): ExperimentOptions['tags'] {
  return Object.fromEntries([...Object.entries(tags), ...given.map(({ key, value }) => [key, value])])
}
