import type { GivenFlags } from '../config/given.ts'
import type { OptionName, RunOptions } from '../config/options.ts'
import { resolveOption } from '../config/resolve.ts'
import { createConsolePrinter } from '../reporters/console-printer.ts'
import type { CommandContext } from './command-context.ts'
import { loadConfigFile } from './config-file.ts'
import { findSettings } from './settings.ts'

/** The folder of the store for commands that look at what `run` has stored; `undefined` where nobody names one. */
export function resolveStore(flags: GivenFlags, context: CommandContext): Promise<string | undefined> {
  return resolveSetting('store', flags, context)
}

/**
 * One option for commands that take few: flag, environment, `.env` or config file, else its default. The config file is loaded only
 * when it decides.
 */
export async function resolveSetting<K extends OptionName>(
  name: K,
  flags: GivenFlags,
  context: CommandContext,
): Promise<RunOptions[K]> {
  const settings = findSettings(flags, context)
  const layers = { flags, env: context.env, ...settings }
  const given = resolveOption(name, layers)
  if (given.source !== 'default' || settings.configPath === undefined) return given.value
  const printer = createConsolePrinter(context.screen.stderr)
  const { currentFolder, workers } = context
  const tools = { currentFolder, workers, onConsole: printer.push }
  const configFile = await loadConfigFile(settings.configPath, tools).finally(printer.finish)
  return resolveOption(name, { ...layers, configFile }).value
}
