import { environmentName, flagName, type OptionName, runOptions } from './options.ts'
import type { ConfigTexts } from './read-config.ts'

/** What the command line gave: option names to texts, lists of texts, or true, as commander's `opts()` returns them. */
export type GivenFlags = { readonly [name: string]: unknown }

/** Environment variables, those of an env file among them. */
export type Environment = { readonly [name: string]: string | undefined }

/** A file beside the nearest package.json that has a say. */
interface SettingsFile {
  /** As messages name it. */
  readonly name: string
  /** Absolute; relative paths in the file start from here. */
  readonly folder: string
}

export interface EnvFile extends SettingsFile {
  /** Variables that were taken from it: the real environment has none of them. */
  readonly variables: ReadonlySet<string>
}

export interface ConfigFile extends SettingsFile {
  readonly texts: ConfigTexts
}

export interface SettingsFiles {
  readonly envFile?: EnvFile
  readonly configFile?: ConfigFile
}

/** Everything that options come from, beside definitions. */
export interface OptionLayers extends SettingsFiles {
  readonly flags: GivenFlags
  readonly env: Environment
}

/** What somebody said about an option. */
export interface Given {
  readonly source: 'flag' | 'environment' | 'env-file' | 'config-file' | 'other-variable'
  /** For messages: `--jobs`, `LLMOBS_EXP_JOBS in .env`, `jobs in llmobs-exp.config.ts`. */
  readonly origin: string
  readonly texts: readonly string[]
  /** Where relative paths start from, if not the current folder. */
  readonly folder?: string
}

/** Who decides an option: the flag, else the environment, else the config file, else a variable of other tools. */
export function findGiven(name: OptionName, layers: OptionLayers): Given | undefined {
  return (
    fromFlag(layers.flags, name) ??
    fromEnvironment(layers, name) ??
    fromConfigFile(layers.configFile, name) ??
    fromOtherVariable(layers, name)
  )
}

function fromFlag(flags: GivenFlags, name: OptionName): Given | undefined {
  const value = Object.hasOwn(flags, name) ? flags[name] : undefined
  if (value === undefined) return undefined
  const texts = Array.isArray(value) ? value.map(String) : [String(value)]
  return { source: 'flag', origin: flagName(name), texts }
}

function fromEnvironment(layers: OptionLayers, name: OptionName): Given | undefined {
  const variable = environmentName(name)
  const texts = readVariable(layers, name, variable)
  if (texts === undefined) return undefined
  const { envFile } = layers
  if (envFile?.variables.has(variable) !== true) return { source: 'environment', origin: variable, texts }
  return { source: 'env-file', origin: `${variable} in ${envFile.name}`, texts, folder: envFile.folder }
}

function fromOtherVariable(layers: OptionLayers, name: OptionName): Given | undefined {
  const { otherVariable: variable } = runOptions[name]
  const texts = variable === undefined ? undefined : readVariable(layers, name, variable)
  if (variable === undefined || texts === undefined) return undefined
  const { envFile } = layers
  const place = envFile?.variables.has(variable) === true ? ` in ${envFile.name}` : ''
  return { source: 'other-variable', origin: `${variable}${place}`, texts }
}

/** A variable that is set but empty counts as not set, as CI systems leave them. */
function readVariable({ env }: OptionLayers, name: OptionName, variable: string): readonly string[] | undefined {
  const value = env[variable]
  return value === undefined || value.trim() === '' ? undefined : splitValue(value, runOptions[name].separator)
}

function splitValue(value: string, separator: ',' | '\n' | undefined): readonly string[] {
  if (separator === undefined) return [value.trim()]
  const texts = value.split(separator).map((text) => text.trim())
  return texts.filter((text) => text !== '')
}

export function fromConfigFile(file: ConfigFile | undefined, name: OptionName): Given | undefined {
  const texts = file?.texts[name]
  if (file === undefined || texts === undefined) return undefined
  return { source: 'config-file', origin: `${name} in ${file.name}`, texts, folder: file.folder }
}
