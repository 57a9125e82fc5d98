import { dirname } from 'node:path'
import { defaultStoreFolder } from '../backends/local/layout.ts'
import type { EnvFile, GivenFlags } from '../config/given.ts'
import { type ResolvedOptions, resolveOptions } from '../config/resolve.ts'
import { findUnknownVariables, type UnknownVariable } from '../config/unknown-variables.ts'
import type { Problem } from '../model/events.ts'
import type { CommandContext } from './command-context.ts'
import { type ConfigTools, configPaths, findConfigFile, loadConfigFile } from './config-file.ts'
import { applyEnvFile, findEnvFile } from './env-file.ts'

/** What lies beside the nearest package.json, as the store does, and has a say. */
export interface Settings {
  readonly envFile?: EnvFile
  /** Path of the config file, which is not loaded yet. */
  readonly configPath?: string
  /** Things worth saying, none of which keeps anything from being run. */
  readonly problems: readonly Problem[]
  /** Paths of all files that have a say, or would have one if they were there. */
  readonly places: readonly string[]
}

/** Options of a command that are being read. */
export interface StartedOptions extends Settings {
  /** What flags and environment come to: all there is while the config file is loading. */
  readonly given: ResolvedOptions
  /** Loads the config file, where there is one, and resolves the options once more. */
  complete(tools: ConfigTools): Promise<ResolvedOptions>
}

/**
 * Begins to read the options of a command: what can be refused without running user code is.
 *
 * @throws LlmobsExpError `E_OPTION`, `E_ENV_FILE`, or `E_CONFIG_FILE` when there are two config files
 */
export function startOptions(flags: GivenFlags, context: CommandContext): StartedOptions {
  const settings = findSettings(flags, context)
  const given = resolveOptions(flags, context.env, settings)
  const { configPath } = settings
  return {
    ...settings,
    given,
    async complete(tools) {
      if (configPath === undefined) return given
      const configFile = await loadConfigFile(configPath, tools)
      return resolveOptions(flags, context.env, { ...settings, configFile })
    },
  }
}

/** Reads `.env` into the environment and looks for a config file. */
export function findSettings(flags: GivenFlags, context: CommandContext): Settings {
  const { env, addedToEnv, currentFolder, secrets } = context
  const projectFolder = dirname(defaultStoreFolder(currentFolder))
  const question = { flags, env, addedToEnv, currentFolder, projectFolder }
  const applied = applyEnvFile(question)
  secrets.refresh()
  const { path: envPath } = findEnvFile(question)
  const configPath = findConfigFile(projectFolder)
  const unknown = findUnknownVariables(env).map((variable) => describeUnknown(variable, applied?.file))
  return {
    problems: [...(applied?.problems ?? []), ...unknown],
    places: [...(envPath === undefined ? [] : [envPath]), ...configPaths(projectFolder)],
    ...(applied === undefined ? {} : { envFile: applied.file }),
    ...(configPath === undefined ? {} : { configPath }),
  }
}

/** For people: a variable that stands for no option. */
export function describeUnknown({ name, near }: UnknownVariable, envFile: EnvFile | undefined): Problem {
  const place = envFile?.variables.has(name) === true ? ` (in ${envFile.name})` : ''
  const meant = near === undefined ? '' : `; did you mean ${near}?`
  const message = `${name}${place} stands for no option${meant}`
  return { type: 'problem', severity: 'warning', code: 'W_UNKNOWN_VARIABLE', message }
}
