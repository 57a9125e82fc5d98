import { LlmobsExpError } from '../model/errors.ts'
import type { Json } from '../model/json.ts'
import type { DefinitionInfo } from '../model/ports.ts'
import type { QuarantinedRecord } from '../model/quarantine.ts'
import { applyConfig, type DoubtfulKey, findDoubtfulKeys } from './apply-config.ts'
import {
  type Environment,
  findGiven,
  fromConfigFile,
  type Given,
  type GivenFlags,
  type OptionLayers,
  type SettingsFiles,
} from './given.ts'
import { definitionOptions, flagName, type OptionName, optionNames, type RunOptions, runOptions } from './options.ts'

export type { Environment, GivenFlags } from './given.ts'

/** Who decided a value; the first of these that says something wins. */
export type OptionSource =
  | 'flag'
  | 'environment'
  | 'env-file'
  | 'definition'
  | 'config-file'
  | 'other-variable'
  | 'default'

/** The options of one command, with who decided each. */
export interface ResolvedOptions {
  readonly values: RunOptions
  readonly sources: ReadonlyMap<OptionName, OptionSource>
  /** For messages, where anybody decided: `--jobs`, `LLMOBS_EXP_JOBS`, `jobs in llmobs-exp.config.ts`. */
  readonly origins: ReadonlyMap<OptionName, string>
  /** What the config file gives where neither the definition nor the command line has the key. */
  readonly fallbacks: Pick<RunOptions, 'config' | 'tag'>
}

/** The options of one experiment: the definition's values come in where neither a flag nor the environment decides. */
export interface ExperimentOptions extends ResolvedOptions {
  /** The definition's config with `--config` applied. */
  readonly config: Json
  /** Keys of `--config` that may be misspelt. */
  readonly doubtfulKeys: readonly DoubtfulKey[]
  /** The definition's tags with `--tag` applied. */
  readonly tags: { readonly [key: string]: string }
  /** Records that count for no threshold. @default none */
  readonly quarantine?: readonly QuarantinedRecord[]
  /** Records whose quarantine is over. @default none */
  readonly endedQuarantine?: readonly QuarantinedRecord[]
}

/** What one option comes to. */
export interface ResolvedOption<K extends OptionName> {
  readonly value: RunOptions[K]
  readonly source: OptionSource
  readonly origin?: string
}

type Draft = { -readonly [K in OptionName]?: RunOptions[K] }

/** What outranks a definition. */
const aboveDefinition: ReadonlySet<OptionSource | undefined> = new Set(['flag', 'environment', 'env-file'])

/**
 * Reads and checks every option: flag, else environment variable, else config file, else default.
 *
 * @throws LlmobsExpError E_OPTION that names the flag or variable, what was expected and what was got
 */
export function resolveOptions(flags: GivenFlags, env: Environment, files: SettingsFiles = {}): ResolvedOptions {
  const layers = { flags, env, ...files }
  const values: Draft = {}
  const sources = new Map<OptionName, OptionSource>()
  const origins = new Map<OptionName, string>()
  for (const name of optionNames) {
    const { value, source, origin } = resolveOption(name, layers)
    set(values, name, value)
    sources.set(name, source)
    if (origin !== undefined) origins.set(name, origin)
  }
  if (!isComplete(values)) throw new LlmobsExpError('E_INTERNAL', 'an option was left without a value')
  refuseLoneSeed(values, sources)
  return { values, sources, origins, fallbacks: { config: fallback('config', files), tag: fallback('tag', files) } }
}

/** The same for one option alone. */
export function resolveOption<K extends OptionName>(name: K, layers: OptionLayers): ResolvedOption<K> {
  const given = findGiven(name, layers)
  if (given === undefined) return { value: runOptions[name].default, source: 'default' }
  return { value: read(name, given), source: given.source, origin: given.origin }
}

/** The options of one experiment of the command. The command's own are not changed. */
export function resolveForExperiment(options: ResolvedOptions, definition: DefinitionInfo): ExperimentOptions {
  const decided: Draft = {}
  const sources = new Map(options.sources)
  for (const name of definitionOptions) {
    if (definition[name] === undefined || aboveDefinition.has(sources.get(name))) continue
    take(decided, name, definition)
    sources.set(name, 'definition')
  }
  const below = withFallback(definition.config, options)
  const assignments = overrides('config', options)
  return {
    ...options,
    values: { ...options.values, ...decided },
    sources,
    config: applyConfig(below, assignments, originOf(options, 'config')),
    doubtfulKeys: findDoubtfulKeys(below, assignments),
    tags: mergeTags(options.fallbacks.tag, definition.tags, overrides('tag', options)),
  }
}

/** Where a value came from, for messages: the flag where nobody decided. */
export function originOf({ origins }: ResolvedOptions, name: OptionName): string {
  return origins.get(name) ?? flagName(name)
}

function read<K extends OptionName>(name: K, given: Given): RunOptions[K] {
  const { expected, relocate } = runOptions[name]
  const value = runOptions[name].read(given.texts, (text) => {
    throw new LlmobsExpError('E_OPTION', `${given.origin}: expected ${expected}, got ${JSON.stringify(text)}`)
  })
  return given.folder === undefined || relocate === undefined ? value : relocate(value, given.folder)
}

function set<K extends OptionName>(draft: Draft, name: K, value: RunOptions[K]): void {
  draft[name] = value
}

type DefinitionOption = (typeof definitionOptions)[number]

function take<K extends DefinitionOption>(
  draft: Draft,
  name: K,
  definition: { readonly [P in DefinitionOption]?: RunOptions[P] },
): void {
  const value = definition[name]
  if (value !== undefined) draft[name] = value
}

function isComplete(draft: Draft): draft is RunOptions {
  return optionNames.every((name) => Object.hasOwn(draft, name))
}

function refuseLoneSeed(values: RunOptions, sources: ReadonlyMap<OptionName, OptionSource>): void {
  if (sources.get('sampleSeed') !== 'flag' || values.sampleSize !== undefined) return
  throw new LlmobsExpError('E_OPTION', '--sample-seed: expected --sample-size beside it, got --sample-seed alone')
}

type KeyedOption = 'config' | 'tag'

function fallback<K extends KeyedOption>(name: K, { configFile }: SettingsFiles): RunOptions[K] {
  const given = fromConfigFile(configFile, name)
  return given === undefined ? runOptions[name].default : read(name, given)
}

/** What replaces keys of the definition. */
function overrides<K extends KeyedOption>(name: K, { values, sources }: ResolvedOptions): RunOptions[K] {
  return sources.get(name) === 'config-file' ? runOptions[name].default : values[name]
}

function withFallback(config: Json, { fallbacks }: ResolvedOptions): Json {
  if (fallbacks.config.length === 0) return config
  const below: unknown = JSON.parse(applyConfig('{}', fallbacks.config, 'config'))
  const own: unknown = JSON.parse(config)
  const isObject = typeof own === 'object' && own !== null && !Array.isArray(own)
  return isObject && typeof below === 'object' ? JSON.stringify({ ...below, ...own }) : config
}

function mergeTags(
  below: RunOptions['tag'],
  tags: DefinitionInfo['tags'],
  above: RunOptions['tag'],
): ExperimentOptions['tags'] {
  const pairsOf = (given: RunOptions['tag']) => given.map(({ key, value }) => [key, value] as const)
  return Object.fromEntries([...pairsOf(below), ...Object.entries(tags), ...pairsOf(above)])
}
